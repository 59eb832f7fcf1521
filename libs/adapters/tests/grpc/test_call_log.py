"""One line a call."""

import asyncio
from typing import Any

import grpc
import pytest

from accord.inventory.v1 import inventory_pb2


def calls_in(logs: Any) -> Any:
    return [line for line in logs if line.get("event.action") == "grpc-call"]


async def test_a_call_leaves_one_line_with_its_method_status_and_duration(running: Any, logs: Any) -> None:
    await running.stock.Quote(inventory_pb2.QuoteRequest(skus=["A"]))

    (line,) = calls_in(logs)
    assert line["rpc.service"] == "accord.inventory.v1.InventoryService"
    assert (line["rpc.method"], line["rpc.grpc.status_code"], line["event.outcome"]) == ("Quote", "OK", "success")
    assert line["event.duration"] > 0
    assert line["log_level"] == "info"


async def test_a_refused_call_says_the_reason_at_info_since_its_client_is_told(
    running: Any, logs: Any, failure: Any
) -> None:
    await failure(running.stock.GetStock(inventory_pb2.GetStockRequest(sku="B")))

    (line,) = calls_in(logs)
    assert (line["rpc.grpc.status_code"], line["accord.reason"]) == ("NOT_FOUND", "ITEM_UNKNOWN")
    assert line["log_level"] == "info"


class Hanging:
    """A handler's work that ends only by cancellation."""

    def __init__(self) -> None:
        self.begun, self.cancelled = asyncio.Event(), asyncio.Event()

    async def __call__(self) -> None:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled.set()


async def test_a_call_whose_client_hangs_up_is_cancelled_and_says_so(running: Any, logs: Any) -> None:
    running.inventory.on_quote = work = Hanging()
    call = running.stock.Quote(inventory_pb2.QuoteRequest(skus=["A"]))
    await asyncio.wait_for(work.begun.wait(), 5)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call

    await asyncio.wait_for(work.cancelled.wait(), 5)
    (line,) = calls_in(logs)
    assert line["rpc.grpc.status_code"] == "CANCELLED"


async def test_a_call_whose_time_is_up_is_cancelled_and_says_so(running: Any, logs: Any) -> None:
    running.inventory.on_quote = work = Hanging()
    with pytest.raises(grpc.aio.AioRpcError):
        await running.stock.Quote(inventory_pb2.QuoteRequest(skus=["A"]), timeout=0.05)

    await asyncio.wait_for(work.cancelled.wait(), 5)
    (line,) = calls_in(logs)
    assert line["rpc.grpc.status_code"] == "DEADLINE_EXCEEDED"
