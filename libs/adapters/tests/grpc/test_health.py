"""The health service, on both listeners."""

import asyncio
from typing import Any

import grpc
import pytest
from grpc import StatusCode
from grpc_health.v1 import health_pb2_grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

SERVING = HealthCheckResponse.SERVING
NOT_SERVING = HealthCheckResponse.NOT_SERVING
SERVICE_UNKNOWN = HealthCheckResponse.SERVICE_UNKNOWN
RED_WHEN_DRAINING = [
    "",
    "readiness",
    "startup",
    "accord.inventory.v1.InventoryService",
    "accord.inventory.v1.InventoryBranchService",
    "accord.order.v1.OrderService",
]


async def status(channel: Any, name: Any) -> Any:
    return (await health_pb2_grpc.HealthStub(channel).Check(HealthCheckRequest(service=name))).status


async def statuses(running: Any, name: Any) -> Any:
    return {await status(running.channel, name), await status(running.branch_channel, name)}


@pytest.mark.requirement("health.starting-is-red-but-alive")
async def test_before_the_start_is_over_only_liveness_is_green(running: Any) -> None:
    for name in RED_WHEN_DRAINING:
        assert await statuses(running, name) == {NOT_SERVING}
    assert await statuses(running, "liveness") == {SERVING}


@pytest.mark.requirement("health.same-on-both-listeners")
async def test_every_name_is_green_while_serving_on_both_listeners(running: Any) -> None:
    await running.health.serve()

    for name in [*RED_WHEN_DRAINING, "liveness"]:
        assert await statuses(running, name) == {SERVING}


@pytest.mark.requirement("health.draining-is-red-but-alive")
async def test_a_draining_server_is_red_under_every_name_but_alive(running: Any) -> None:
    await running.health.serve()
    await running.health.drain()

    for name in RED_WHEN_DRAINING:
        assert await statuses(running, name) == {NOT_SERVING}
    assert await statuses(running, "liveness") == {SERVING}


@pytest.mark.requirement("health.unknown-name")
async def test_a_check_of_an_unknown_name_is_not_found(running: Any) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await status(running.channel, "accord.unknown.v1.UnknownService")
    assert raised.value.code() is StatusCode.NOT_FOUND


@pytest.mark.requirement("health.watch-tells-changes")
async def test_a_watch_is_told_at_once_and_at_each_change(running: Any) -> None:
    name = "accord.inventory.v1.InventoryService"
    watch = health_pb2_grpc.HealthStub(running.channel).Watch(HealthCheckRequest(service=name))

    assert (await watch.read()).status == NOT_SERVING
    await running.health.serve()
    assert (await watch.read()).status == SERVING
    await running.health.drain()
    assert (await watch.read()).status == NOT_SERVING


@pytest.mark.requirement("health.unknown-name")
async def test_a_watch_of_an_unknown_name_stays_open(running: Any) -> None:
    watch = health_pb2_grpc.HealthStub(running.channel).Watch(HealthCheckRequest(service="unknown"))

    assert (await watch.read()).status == SERVICE_UNKNOWN
    assert not watch.done()


async def test_a_watch_whose_client_went_away_leaves_nothing(running: Any) -> None:
    watch = health_pb2_grpc.HealthStub(running.channel).Watch(HealthCheckRequest(service="readiness"))
    await watch.read()
    watch.cancel()

    async with asyncio.timeout(5):
        await running.health.serve()
        assert await statuses(running, "readiness") == {SERVING}


@pytest.mark.requirement("health.needs-no-metadata")
async def test_health_needs_no_metadata_of_the_coordinator_and_leaves_no_log_line(running: Any, logs: Any) -> None:
    await statuses(running, "liveness")

    assert not [line for line in logs if line.get("event.action") == "grpc-call"]


@pytest.mark.requirement("health.same-on-both-listeners")
async def test_reflection_names_the_services_of_the_listener(running: Any) -> None:
    async def names(channel: Any) -> Any:
        call = reflection_pb2_grpc.ServerReflectionStub(channel).ServerReflectionInfo(
            iter([reflection_pb2.ServerReflectionRequest(list_services="")])
        )
        return {service.name for service in (await call.read()).list_services_response.service}

    infrastructure = {"grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"}
    assert await names(running.channel) == infrastructure | {
        "accord.inventory.v1.InventoryService",
        "accord.order.v1.OrderService",
    }
    assert await names(running.branch_channel) == infrastructure | {"accord.inventory.v1.InventoryBranchService"}


class UnreadConnection:
    """A watching client's connection that takes nothing: every write waits."""

    def __init__(self) -> None:
        self.writing = asyncio.Event()
        self.code: StatusCode | None = None

    async def write(self, message: Any) -> None:
        self.writing.set()
        await asyncio.Event().wait()

    def set_code(self, code: Any) -> None:
        self.code = code

    def set_details(self, details: Any) -> None:
        pass


@pytest.mark.requirement("health.watch-holds-nothing-up")
async def test_a_watch_that_does_not_read_neither_holds_up_the_drain_nor_hides_it(running: Any, logs: Any) -> None:
    await running.health.serve()
    unread = UnreadConnection()
    watch = asyncio.create_task(running.health.Watch(HealthCheckRequest(service="readiness"), unread))
    await asyncio.wait_for(unread.writing.wait(), 5)

    await asyncio.wait_for(running.health.drain(), 5)
    assert await statuses(running, "readiness") == {NOT_SERVING}
    await asyncio.wait_for(watch, 5)
    assert unread.code is StatusCode.UNAVAILABLE
    assert [line["accord.health"] for line in logs if line["log_level"] == "warning"] == ["readiness"]
