"""Channels that know about draining servers."""

import asyncio
from typing import Any

import grpc
import pytest
from grpc import StatusCode

from accord.adapters.grpc.channel import open_channel
from accord.inventory.v1 import inventory_pb2, inventory_pb2_grpc

SERVICE = "accord.inventory.v1.InventoryService"
QUOTE_A = inventory_pb2.QuoteRequest(skus=["A"])


async def settled(channel: Any, state: Any) -> None:
    """Wait until the channel has noticed."""
    async with asyncio.timeout(5):
        while (now := channel.get_state(try_to_connect=True)) is not state:
            await channel.wait_for_state_change(now)


@pytest.mark.requirement("health.clients-avoid-red")
async def test_calls_go_only_where_the_service_says_that_it_serves(running: Any) -> None:
    async with open_channel(f"127.0.0.1:{running.public.port}", SERVICE) as channel:
        stock = inventory_pb2_grpc.InventoryServiceStub(channel)
        await running.health.serve()
        await settled(channel, grpc.ChannelConnectivity.READY)
        await stock.Quote(QUOTE_A)

        await running.health.drain()
        await settled(channel, grpc.ChannelConnectivity.TRANSIENT_FAILURE)
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await stock.Quote(QUOTE_A)
    assert raised.value.code() is StatusCode.UNAVAILABLE


@pytest.mark.requirement("drain.loses-no-call")
async def test_no_call_is_lost_to_a_drain_when_another_server_serves(listeners: Any) -> None:
    first, second = await listeners(), await listeners()
    await first.health.serve()
    await second.health.serve()
    target = f"ipv4:127.0.0.1:{first.public.port},127.0.0.1:{second.public.port}"
    served = {"first": 0, "second": 0}

    def counting(name: Any) -> Any:
        async def count() -> None:
            served[name] += 1

        return count

    first.inventory.on_quote, second.inventory.on_quote = counting("first"), counting("second")
    async with open_channel(target, SERVICE) as channel:
        stock = inventory_pb2_grpc.InventoryServiceStub(channel)
        over = asyncio.Event()

        async def call_on_and_on() -> None:
            while not over.is_set():
                await stock.Quote(QUOTE_A)

        callers = [asyncio.create_task(call_on_and_on()) for _ in range(8)]
        async with asyncio.timeout(10):
            while not all(served.values()):
                await stock.Quote(QUOTE_A)
            await first.health.drain()
            # The pause: until no call arrives any more.
            seen = -1
            while seen != served["first"]:
                seen, before = served["first"], served["second"]
                while served["second"] < before + 100:
                    await stock.Quote(QUOTE_A)
            assert await first.public.stop(5) is True
            over.set()
            await asyncio.gather(*callers)


async def test_a_call_without_a_deadline_gets_one(running: Any) -> None:
    await running.health.serve()
    async with open_channel(f"127.0.0.1:{running.public.port}", SERVICE) as channel:
        await inventory_pb2_grpc.InventoryServiceStub(channel).Quote(QUOTE_A)
    # gRPC rounds deadlines up.
    assert 0 < running.inventory.time_remaining < 6
