"""Money that came too late, or twice: it is booked, and goes back by itself, once."""

import asyncio
from typing import Any

import pytest

from accord.ports.provider import RefundRefused
from accord.services.payment.domain.callback import CallbackOutcome
from accord.services.payment.domain.errors import NothingToSettle
from accord.services.payment.domain.payment import Status


async def by_expiry(endings: Any, _: Any) -> None:
    endings.pass_time(days=1)
    await endings.expire()


async def by_cancelling(endings: Any, command: Any) -> None:
    await endings.cancel(command)


@pytest.mark.parametrize("close", [by_expiry, by_cancelling])
async def test_a_success_after_the_end_is_refunded_by_itself_and_once(
    endings: Any, service: Any, command: Any, close: Any
) -> None:
    await service.open(command())
    await close(endings, command())
    tellings = len(service.transactions.submitted)

    outcomes = [await endings.pay(command()) for _ in range(3)]
    assert await endings.entries() == [("provider", -2_500), ("refunds-due", 2_500)]
    for _ in range(3):
        await endings.drive()
        endings.pass_time(days=1)

    assert outcomes == [CallbackOutcome.REFUND_DUE, CallbackOutcome.DUPLICATE, CallbackOutcome.DUPLICATE]
    assert list(endings.provider.refunds.values()) == [("receipt-1", command().amount)]
    assert await endings.entries() == []
    assert [receipt.status for receipt in (await service.audit()).receipts] == ["REFUNDED"]
    # Nobody else has to know of it.
    assert len(service.transactions.submitted) == tellings
    assert await endings.pay(command()) is CallbackOutcome.DUPLICATE
    assert await service.broken_laws() == {}


async def test_two_pollers_at_once_book_a_receipts_refund_once_even_without_the_lock(
    endings: Any, service: Any, command: Any, no_lock: Any, new_gauge: Any
) -> None:
    await service.open(command())
    await endings.cancel(command())
    await endings.pay(command())
    service.lock = no_lock()
    asking = new_gauge()

    async def both() -> None:
        async with asking.counted():
            await asking.wait_for(2)

    endings.provider.before_answer = both

    await asyncio.gather(endings.drive(), endings.drive())

    assert (asking.most, endings.provider.refunds_asked, len(endings.provider.refunds)) == (2, 2, 1)
    assert await endings.entries() == []
    assert await service.broken_laws() == {}


async def test_a_second_receipt_goes_back_and_the_first_one_has_paid(endings: Any, service: Any, command: Any) -> None:
    await service.open(command())
    await endings.pay(command(), "receipt-1")
    await endings.pay(command(), "receipt-2")

    await endings.drive()

    assert list(endings.provider.refunds.values()) == [("receipt-2", command().amount)]
    assert (await service.payment(command().payment_id)).status is Status.SUCCEEDED
    assert [receipt.status for receipt in (await service.audit()).receipts] == ["APPLIED", "REFUNDED"]
    assert await service.broken_laws() == {}


async def test_a_payment_paid_twice_and_refunded_gives_back_both(endings: Any, service: Any, command: Any) -> None:
    await service.open(command())
    await endings.pay(command(), "receipt-1")
    await endings.refund(command())
    await endings.pay(command(), "receipt-2")

    await endings.drive()

    assert sorted(receipt for receipt, _ in endings.provider.refunds.values()) == ["receipt-1", "receipt-2"]
    assert await endings.entries() == []
    assert (await service.payment(command().payment_id)).status is Status.REFUNDED
    assert await service.broken_laws() == {}


async def test_a_receipt_that_the_provider_keeps_is_settled_by_an_operator(
    endings: Any, service: Any, command: Any
) -> None:
    await service.open(command())
    await endings.pay(command(), "receipt-1")
    await endings.pay(command(), "receipt-2")
    endings.provider.answers = [RefundRefused("CARD_CLOSED")]
    await endings.drive()
    assert [receipt.status for receipt in (await service.audit()).receipts] == ["APPLIED", "REFUND_FAILED"]
    assert await endings.entries() == [("provider", -5_000), ("refunds-due", 2_500), ("sales", 2_500)]

    payment = await endings.settle(command())

    assert payment.status is Status.SUCCEEDED
    assert [receipt.status for receipt in (await service.audit()).receipts] == ["APPLIED", "SETTLED"]
    assert await endings.entries() == [("provider", -5_000), ("sales", 2_500), ("settlements", 2_500)]
    assert await service.broken_laws() == {}
    with pytest.raises(NothingToSettle):
        await endings.settle(command(), "by another transfer")
