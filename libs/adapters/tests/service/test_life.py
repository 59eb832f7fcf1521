"""Start and drain, in order."""

import asyncio
import socket
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2_grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from accord.adapters.service.errors import StartFailed
from accord.adapters.service.life import Life, started
from accord.inventory.v1 import inventory_branch_pb2_grpc, inventory_pb2, inventory_pb2_grpc
from accord.inventory.v1.inventory_branch_pb2 import StockBranchRequest
from accord.ports.errors import DependencyUnavailable

DTM = [("dtm-gid", "g"), ("dtm-trans_type", "saga"), ("dtm-branch_id", "01"), ("dtm-op", "action")]
# Longer than any test may take: who waits for its end fails.
LONG = 1000.0


async def status(address: Any, name: Any) -> Any:
    async with grpc.aio.insecure_channel(address) as channel:
        return (await health_pb2_grpc.HealthStub(channel).Check(HealthCheckRequest(service=name))).status


def told(logs: Any) -> Any:
    return [line["event"] for line in logs if line.get("event.action") == "life"]


async def test_a_started_service_serves_on_both_listeners_and_is_green(service: Any, settings_with: Any) -> None:
    async with started("inventory", settings_with(), service.bootstrap) as life:
        assert life.addresses.keys() == {"public", "branch"}
        for address in life.addresses.values():
            assert await status(address, "readiness") == HealthCheckResponse.SERVING


@pytest.mark.requirement("drain.outside-in")
async def test_the_drain_goes_from_the_outside_in(service: Any, settings_with: Any, logs: Any) -> None:
    async with started("inventory", settings_with(), service.bootstrap):
        pass

    assert told(logs) == [
        "serving",
        "not serving any more",
        "pause is over",
        "stopping public",
        "stopped public",
        "stopping branch",
        "stopped branch",
        "closed",
        "ended",
    ]
    assert service.store.closed
    assert service.events == ["webhook ended"]


@pytest.mark.requirement("drain.branch-listener-closes-last")
async def test_while_the_last_client_waits_branch_calls_are_served_and_liveness_is_green(
    service: Any, settings_with: Any, logs: Any
) -> None:
    settings = settings_with(drain_grace=LONG)
    life = Life("inventory", settings)
    await service.bootstrap(life, settings)
    await life.begin()
    async with (
        grpc.aio.insecure_channel(life.addresses["public"]) as public,
        grpc.aio.insecure_channel(life.addresses["branch"]) as branch,
    ):
        waiting = asyncio.ensure_future(
            inventory_pb2_grpc.InventoryServiceStub(public).ListStock(inventory_pb2.ListStockRequest())
        )
        await asyncio.wait_for(service.stock.begun.wait(), 5)
        drain = asyncio.create_task(life.drain())
        async with asyncio.timeout(5):
            while "stopping public" not in told(logs):  # noqa: ASYNC110  # a log has no event
                await asyncio.sleep(0)

        await inventory_branch_pb2_grpc.InventoryBranchServiceStub(branch).Commit(StockBranchRequest(), metadata=DTM)
        assert await status(life.addresses["branch"], "liveness") == HealthCheckResponse.SERVING
        assert await status(life.addresses["branch"], "readiness") == HealthCheckResponse.NOT_SERVING
        assert not service.store.closed

        service.stock.release.set()
        await asyncio.wait_for(waiting, 5)
        assert await asyncio.wait_for(drain, 5) is True


@pytest.mark.requirement("drain.serves-through-pause")
async def test_a_service_serves_on_through_its_pause(service: Any, settings_with: Any, logs: Any) -> None:
    settings = settings_with(drain_pause=LONG)
    life = Life("inventory", settings)
    await service.bootstrap(life, settings)
    await life.begin()
    drain = asyncio.create_task(life.drain())
    async with asyncio.timeout(5):
        while "not serving any more" not in told(logs):  # noqa: ASYNC110  # a log has no event
            await asyncio.sleep(0)
    service.stock.release.set()
    async with grpc.aio.insecure_channel(life.addresses["public"]) as channel:
        await inventory_pb2_grpc.InventoryServiceStub(channel).ListStock(inventory_pb2.ListStockRequest())

    life.cut_short()
    assert await asyncio.wait_for(drain, 10) is False


async def test_a_drain_cut_short_cancels_what_it_waits_for(service: Any, settings_with: Any) -> None:
    settings = settings_with(drain_grace=LONG)
    life = Life("inventory", settings)
    await service.bootstrap(life, settings)
    await life.begin()
    async with grpc.aio.insecure_channel(life.addresses["public"]) as channel:
        call = inventory_pb2_grpc.InventoryServiceStub(channel).ListStock(inventory_pb2.ListStockRequest())
        await asyncio.wait_for(service.stock.begun.wait(), 5)
        drain = asyncio.create_task(life.drain())
        await asyncio.sleep(0)
        life.cut_short()

        assert await asyncio.wait_for(drain, 10) is False
        with pytest.raises(grpc.aio.AioRpcError):
            await call
    assert service.store.closed


@pytest.mark.requirement("drain.grace-is-bounded")
async def test_a_spent_grace_ends_the_drain_and_says_that_it_was_not_clean(
    service: Any, settings_with: Any, logs: Any
) -> None:
    settings = settings_with(drain_grace=0.05)
    life = Life("inventory", settings)
    await service.bootstrap(life, settings)
    await life.begin()
    async with grpc.aio.insecure_channel(life.addresses["public"]) as channel:
        call = inventory_pb2_grpc.InventoryServiceStub(channel).ListStock(inventory_pb2.ListStockRequest())
        await asyncio.wait_for(service.stock.begun.wait(), 5)
        assert await asyncio.wait_for(life.drain(), 10) is False
        with pytest.raises(grpc.aio.AioRpcError):
            await call
    assert "calls were cut" in [line["event"] for line in logs]


async def test_a_dependency_that_does_not_answer_stops_the_start_and_is_named(service: Any, settings_with: Any) -> None:
    service.store.fault = DependencyUnavailable("lock", "nobody answers")

    with pytest.raises(StartFailed, match=r"^ACCORD_LOCK: lock is unavailable: nobody answers$"):
        async with started("inventory", settings_with(), service.bootstrap):
            raise AssertionError("it says that it serves")
    assert service.store.closed
    assert service.events == ["webhook ended"]


async def test_an_address_in_use_is_named_with_its_variable(service: Any, settings_with: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(
            StartFailed, match=rf"^ACCORD_PUBLIC_LISTEN: cannot listen on {address}: Address already in use$"
        ):
            async with started("inventory", settings_with(public_listen=address), service.bootstrap):
                raise AssertionError("it says that it serves")
    assert service.store.closed
