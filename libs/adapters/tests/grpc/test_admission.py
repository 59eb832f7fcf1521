"""How many calls are taken at once."""

import asyncio
from typing import Any

from grpc import StatusCode

from accord.inventory.v1 import inventory_pb2
from accord.inventory.v1.inventory_branch_pb2 import StockBranchRequest

QUOTE_A = inventory_pb2.QuoteRequest(skus=["A"])


async def test_calls_beyond_the_limit_are_refused_while_branch_calls_and_health_get_through(
    listeners: Any, failure: Any, dtm_metadata: Any
) -> None:
    running = await listeners(admitted=2)
    inside, release = asyncio.Semaphore(0), asyncio.Event()

    async def hold() -> None:
        inside.release()
        await release.wait()

    running.inventory.on_quote = hold
    held = [asyncio.ensure_future(running.stock.Quote(QUOTE_A)) for _ in range(2)]
    for _ in held:
        await asyncio.wait_for(inside.acquire(), 5)

    answer = await failure(running.stock.Quote(QUOTE_A))
    assert (answer.code, answer.info.reason) == (StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_CALLS")
    await running.branch_stub.Reserve(StockBranchRequest(), metadata=dtm_metadata())

    release.set()
    await asyncio.gather(*held)
    await running.stock.Quote(QUOTE_A)
