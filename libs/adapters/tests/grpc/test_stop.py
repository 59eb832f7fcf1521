"""How a listener stops: nothing under way is lost, nothing foreign holds it up, nothing stuck holds it for ever."""

import asyncio
from typing import Any

import grpc
import pytest
from grpc import StatusCode
from grpc_health.v1 import health_pb2_grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from accord.inventory.v1 import inventory_pb2, inventory_pb2_grpc
from accord.order.v1 import order_pb2

QUOTE_A = inventory_pb2.QuoteRequest(skus=["A"])
WATCH = order_pb2.WatchOrderRequest(order_id="00000000-0000-7000-8000-000000000000")
# Longer than any test may take: who waits for a grace's end fails.
LONG = 1000.0


class Held:
    """A handler's work: held until released, then a `finally` block that takes a while."""

    def __init__(self, *, stubborn: Any = False) -> None:
        self.begun, self.release = asyncio.Event(), asyncio.Event()
        self.finally_begun, self.finally_release = asyncio.Event(), asyncio.Event()
        self.done = False
        self._stubborn = stubborn

    async def __call__(self) -> None:
        self.begun.set()
        try:
            await self._wait()
        finally:
            self.finally_begun.set()
            await self.finally_release.wait()
            self.done = True

    async def _wait(self) -> None:
        while not self.release.is_set():
            try:
                await self.release.wait()
            except asyncio.CancelledError:
                if not self._stubborn:
                    raise


async def held_call(running: Any, work: Any) -> Any:
    running.inventory.on_quote = work
    call = asyncio.ensure_future(running.stock.Quote(QUOTE_A))
    await asyncio.wait_for(work.begun.wait(), 5)
    return call


@pytest.mark.requirement("drain.finally-is-awaited")
async def test_a_call_under_way_is_answered_and_its_finally_awaited(running: Any) -> None:
    work = Held()
    call = await held_call(running, work)
    stop = asyncio.create_task(running.public.stop(LONG))
    await asyncio.sleep(0)
    assert not stop.done()

    work.release.set()
    await asyncio.wait_for(work.finally_begun.wait(), 5)
    assert not stop.done()
    work.finally_release.set()

    assert await asyncio.wait_for(stop, 5) is True
    assert work.done
    assert len((await call).prices) == 1


@pytest.mark.requirement("drain.finally-is-awaited")
async def test_a_cancelled_handlers_finally_is_awaited_too_although_grpc_itself_does_not(running: Any) -> None:
    work = Held()
    call = await held_call(running, work)
    stop = asyncio.create_task(running.public.stop(0.01))

    await asyncio.wait_for(work.finally_begun.wait(), 5)
    assert not stop.done()
    work.finally_release.set()

    assert await asyncio.wait_for(stop, 5) is False
    assert work.done
    with pytest.raises(grpc.aio.AioRpcError):
        await call


async def test_a_handler_that_ignores_its_cancellation_holds_nothing_up_and_is_named_in_the_log(
    running: Any, logs: Any
) -> None:
    work = Held(stubborn=True)
    call = await held_call(running, work)

    assert await asyncio.wait_for(running.public.stop(0.01), 5) is False
    (line,) = [line for line in logs if line["event"] == "calls were cut"]
    assert (line["accord.listener"], line["accord.stuck"]) == ("public", 1)
    with pytest.raises(grpc.aio.AioRpcError):
        await call
    work.release.set()
    work.finally_release.set()


async def test_a_stop_under_way_can_be_cut_short(running: Any) -> None:
    work = Held()
    work.finally_release.set()
    call = await held_call(running, work)
    stop = asyncio.create_task(running.public.stop(LONG))
    await asyncio.sleep(0)

    running.public.cut()
    assert await asyncio.wait_for(stop, 5) is False
    assert work.done
    with pytest.raises(grpc.aio.AioRpcError):
        await call


async def test_a_cut_reaches_a_stop_that_waits_for_a_stubborn_handler(running: Any) -> None:
    work = Held(stubborn=True)
    call = await held_call(running, work)
    stop = asyncio.create_task(running.public.stop(LONG))
    await asyncio.sleep(0)

    running.public.cut()
    assert await asyncio.wait_for(stop, 5) is False
    call.cancel()
    work.release.set()
    work.finally_release.set()


async def test_a_stop_without_calls_does_not_wait(running: Any) -> None:
    await running.stock.Quote(QUOTE_A)
    assert await asyncio.wait_for(running.public.stop(LONG), 5) is True


async def test_new_calls_are_turned_away_while_the_last_ones_finish(running: Any) -> None:
    work = Held()
    work.finally_release.set()
    call = await held_call(running, work)
    stop = asyncio.create_task(running.public.stop(LONG))
    await asyncio.sleep(0)

    async with grpc.aio.insecure_channel(f"127.0.0.1:{running.public.port}") as other:
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await inventory_pb2_grpc.InventoryServiceStub(other).ListStock(inventory_pb2.ListStockRequest(), timeout=5)
    # CANCELLED is what gRPC tells one that it had accepted already: hence the pause before a stop.
    assert raised.value.code() in {StatusCode.UNAVAILABLE, StatusCode.CANCELLED}
    work.release.set()
    assert await asyncio.wait_for(stop, 5) is True
    await call


@pytest.mark.requirement("drain.streams-hold-nothing-up")
async def test_watches_of_health_are_ended_before_the_stop(running: Any) -> None:
    watch = health_pb2_grpc.HealthStub(running.channel).Watch(HealthCheckRequest(service="readiness"))
    await watch.read()

    assert await asyncio.wait_for(running.public.stop(LONG), 5) is True
    assert await watch.code() is StatusCode.UNAVAILABLE


@pytest.mark.requirement("drain.streams-hold-nothing-up")
async def test_streams_of_the_service_are_ended_with_a_call_to_go_elsewhere(running: Any, logs: Any) -> None:
    stream = running.watch(WATCH)
    await stream.read()
    await asyncio.wait_for(running.orders.watching.wait(), 5)

    assert await asyncio.wait_for(running.public.stop(LONG), 5) is True
    assert running.orders.ended.is_set()
    assert await stream.code() is StatusCode.UNAVAILABLE
    (line,) = [line for line in logs if line.get("rpc.method") == "WatchOrder"]
    assert line["accord.reason"] == "DRAINING"


@pytest.mark.requirement("drain.streams-hold-nothing-up")
async def test_an_open_reflection_stream_does_not_hold_the_stop(running: Any) -> None:
    reflect = reflection_pb2_grpc.ServerReflectionStub(running.channel).ServerReflectionInfo()
    await reflect.write(reflection_pb2.ServerReflectionRequest(list_services=""))
    await reflect.read()

    assert await asyncio.wait_for(running.public.stop(LONG), 5) is True
    assert await reflect.code() is StatusCode.UNAVAILABLE
