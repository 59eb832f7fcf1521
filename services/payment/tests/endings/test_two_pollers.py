"""Two replicas poll the same rows: with the lock the second one spares itself the work."""

import asyncio
from typing import Any

import pytest

from accord.ports.provider import RefundPending


@pytest.fixture
def together(endings: Any, new_gauge: Any) -> Any:
    """Lets the provider answer nobody before it was asked twice."""
    gauge = new_gauge()

    async def both() -> None:
        async with gauge.counted():
            await gauge.wait_for(2)

    endings.provider.before_answer = both
    return gauge


async def test_the_second_expires_nothing(endings: Any, service: Any, command: Any, together: Any) -> None:
    await service.open(command())
    endings.pass_time(days=1)

    await asyncio.gather(endings.expire(), endings.expire())

    assert together.most == 2
    assert len(service.transactions.submitted) == 1
    assert service.transactions.aborted == []


async def test_the_second_books_no_refund(endings: Any, service: Any, command: Any, together: Any) -> None:
    await service.open(command())
    await endings.pay(command())
    await endings.refund(command())

    await asyncio.gather(endings.drive(), endings.drive())

    assert together.most == 2
    assert [message.name for message in service.transactions.submitted][1:] == ["refund-started", "refund-finished"]
    assert service.transactions.aborted == []


async def test_together_they_count_one_try(endings: Any, service: Any, command: Any, together: Any) -> None:
    endings.provider.answers = [RefundPending()]
    await service.open(command())
    await endings.pay(command())
    await endings.refund(command())

    await asyncio.gather(endings.drive(), endings.drive())

    assert together.most == 2
    assert [refund.tries for refund in await endings.refunds(command())] == [1]
