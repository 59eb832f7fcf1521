"""Money goes back: two messages around the provider's word, driven by its key until that is said."""

import asyncio
from typing import Any

import pytest

from accord.ports.errors import DependencyUnavailable
from accord.ports.flow import Message
from accord.ports.money import Money
from accord.ports.provider import RefundDone, RefundPending, RefundRefused
from accord.services.payment.application.commands import (
    MarkOrderRefunded,
    MarkOrderRefundFailed,
    MarkOrderRefunding,
    RestockGoods,
)
from accord.services.payment.application.drive_refunds import BATCH
from accord.services.payment.application.freeze_funds import capture_funds, freeze_funds, unfreeze_funds
from accord.services.payment.domain.errors import NotPaid, PaymentNotFound, UnderWay
from accord.services.payment.domain.payment import Status
from accord.services.payment.domain.refund import RefundStatus
from accord.services.payment.domain.wallet import LARGEST_BALANCE


async def told(service: Any) -> list[str]:
    return [message.name for message in service.transactions.submitted]


@pytest.fixture
async def paid(endings: Any, service: Any, command: Any) -> Any:
    await service.open(command())
    await endings.pay(command())
    service.transactions.submitted.clear()
    return command()


async def test_a_refund_restocks_first_asks_the_provider_and_then_says_it_is_done(
    endings: Any, service: Any, paid: Any
) -> None:
    begun = await endings.refund(paid)

    assert begun.status is Status.REFUNDING
    assert endings.provider.refunds_asked == 0
    steps: tuple[object, ...] = (RestockGoods(paid.order_id), MarkOrderRefunding(paid.order_id))
    assert service.transactions.submitted == [Message("refund-started", begun.decided_by, steps)]
    assert await endings.entries() == [("provider", -2_500), ("sales", 2_500)]
    assert await service.broken_laws() == {}

    await endings.drive()

    done = await service.payment(paid.payment_id)
    assert done.status is Status.REFUNDED
    [refund] = await endings.refunds(paid)
    assert endings.provider.refunds == {refund.refund_id: ("receipt-1", paid.amount)}
    assert service.transactions.submitted[1:] == [
        Message("refund-finished", done.decided_by, (MarkOrderRefunded(paid.order_id),))
    ]
    assert await endings.entries() == []
    assert [receipt.status for receipt in (await service.audit()).receipts] == ["REFUNDED"]
    assert await service.broken_laws() == {}


async def test_a_refund_that_is_asked_for_again_is_the_same_one(endings: Any, service: Any, paid: Any) -> None:
    first = await endings.refund(paid)
    assert await endings.refund(paid) == first
    await endings.drive()

    assert (await endings.refund(paid)).status is Status.REFUNDED

    assert await told(service) == ["refund-started", "refund-finished"]
    endings.pass_time(days=1)
    await endings.drive()
    assert endings.provider.refunds_asked == 1


async def test_a_slow_provider_is_asked_again_after_longer_and_longer_pauses(
    endings: Any, service: Any, paid: Any
) -> None:
    endings.provider.answers = [RefundPending(), RefundPending(), RefundPending(), RefundDone()]
    await endings.refund(paid)
    asked = []
    for _ in range(40):
        await endings.drive()
        asked.append(endings.provider.refunds_asked)
        endings.pass_time(milliseconds=100)

    # At once, after half a second, after one more, after two more.
    assert [asked.index(number) for number in (1, 2, 3, 4)] == [0, 5, 15, 35]
    assert (await service.payment(paid.payment_id)).status is Status.REFUNDED
    assert await service.broken_laws() == {}


async def test_a_provider_that_is_down_is_asked_again_until_it_answers(
    endings: Any, service: Any, paid: Any, caplog: Any
) -> None:
    await endings.refund(paid)
    endings.provider.is_down = True
    for _ in range(20):
        await endings.drive()
        endings.pass_time(seconds=301)
    [refund] = await endings.refunds(paid)
    assert (refund.status, refund.tries) == (RefundStatus.PENDING, 20)
    assert "left for a later round" in caplog.text

    endings.provider.is_down = False
    await endings.drive()

    assert (await service.payment(paid.payment_id)).status is Status.REFUNDED


async def test_what_the_provider_did_is_not_done_again_when_it_could_not_be_told(
    endings: Any, service: Any, paid: Any
) -> None:
    await endings.refund(paid)
    service.transactions.coordinator_is_down = True
    await endings.drive()
    assert (await service.payment(paid.payment_id)).status is Status.REFUNDING
    assert len(endings.provider.refunds) == 1

    service.transactions.coordinator_is_down = False
    endings.pass_time(seconds=1)
    await endings.drive()

    # Answered twice, given once: both questions had the same key.
    assert endings.provider.refunds_asked == 2
    assert len(endings.provider.refunds) == 1
    assert (await service.payment(paid.payment_id)).status is Status.REFUNDED
    assert await endings.entries() == []
    assert await service.broken_laws() == {}


async def test_two_pollers_at_once_book_one_refund_even_without_the_lock(
    endings: Any, service: Any, paid: Any, no_lock: Any, new_gauge: Any
) -> None:
    await endings.refund(paid)
    service.lock = no_lock()
    deciding = service.transactions.deciding = new_gauge()
    service.transactions.before_decision = lambda: deciding.wait_for(2)

    await asyncio.gather(endings.drive(), endings.drive())

    assert (deciding.most, endings.provider.refunds_asked, len(endings.provider.refunds)) == (2, 2, 1)
    assert await told(service) == ["refund-started", "refund-finished"]
    assert len(service.transactions.aborted) == 1
    assert await endings.entries() == []
    assert await service.broken_laws() == {}


async def test_the_providers_no_is_a_state_that_everybody_is_told_and_somebody_is_alerted_to(
    endings: Any, service: Any, paid: Any, caplog: Any
) -> None:
    endings.provider.answers = [RefundRefused("CARD_CLOSED")]
    await endings.refund(paid)

    await endings.drive()
    endings.pass_time(days=1)
    await endings.drive()

    payment = await service.payment(paid.payment_id)
    assert payment.status is Status.REFUND_FAILED
    assert endings.provider.refunds_asked == 1
    assert service.transactions.submitted[1:] == [
        Message("refund-failed", payment.decided_by, (MarkOrderRefundFailed(paid.order_id),))
    ]
    [refund] = await endings.refunds(paid)
    assert (refund.status, refund.reason) == (RefundStatus.FAILED, "CARD_CLOSED")
    assert [record.levelname for record in caplog.records if "is refused: CARD_CLOSED" in record.message] == ["ERROR"]
    # The money is still ours, and the customer's.
    assert await endings.entries() == [("provider", -2_500), ("sales", 2_500)]
    assert await service.broken_laws() == {}


async def test_a_wallet_payment_is_refunded_to_the_wallet_without_the_provider(
    endings: Any, service: Any, command: Any
) -> None:
    await service.top_up("alice", Money(4_000, "EUR"))
    await service.do(lambda rows: freeze_funds(command(), rows, service.clock.now()))
    with pytest.raises(UnderWay):
        await endings.refund(command())
    await service.do(lambda rows: capture_funds(command(), rows, service.clock.now(), "place-1"))
    endings.provider.is_down = True

    await endings.refund(command())
    await endings.drive()

    assert (await service.payment(command().payment_id)).status is Status.REFUNDED
    assert await told(service) == ["refund-started", "refund-finished"]
    assert await endings.entries() == [("funding", -4_000), ("wallet:alice", 4_000)]
    assert await service.broken_laws() == {}


async def test_a_wallet_takes_back_what_was_its_own_however_full_it_is(
    endings: Any, service: Any, command: Any
) -> None:
    await service.top_up("alice", Money(2_500, "EUR"))
    await service.do(lambda rows: freeze_funds(command(), rows, service.clock.now()))
    await service.do(lambda rows: capture_funds(command(), rows, service.clock.now(), "place-1"))
    await service.top_up("alice", Money(LARGEST_BALANCE, "EUR"), "second")

    await endings.refund(command())
    await endings.drive()

    [balance] = await service.do(lambda rows: rows.wallets.balances("alice"))
    assert balance.available.minor == LARGEST_BALANCE + 2_500
    assert await service.broken_laws() == {}


@pytest.mark.parametrize("status", ["PENDING", "EXPIRED", "CANCELLED"])
async def test_nothing_is_given_back_of_what_was_not_paid(
    endings: Any, service: Any, command: Any, status: str
) -> None:
    await service.open(command())
    if status == "CANCELLED":
        await endings.cancel(command())
    if status == "EXPIRED":
        endings.pass_time(days=1)
        await endings.expire()

    with pytest.raises(NotPaid, match=status):
        await endings.refund(command())

    assert await endings.refunds(command()) == []


async def test_nothing_is_given_back_of_a_wallet_payment_that_came_to_nothing(
    endings: Any, service: Any, command: Any
) -> None:
    await service.top_up("alice", Money(2_500, "EUR"))
    await service.do(lambda rows: freeze_funds(command(), rows, service.clock.now()))
    await service.do(lambda rows: unfreeze_funds(command(), rows, service.clock.now(), "place-1"))

    with pytest.raises(NotPaid):
        await endings.refund(command())


async def test_nobody_refunds_a_payment_that_is_not_there(endings: Any, command: Any) -> None:
    with pytest.raises(PaymentNotFound):
        await endings.refund(command())


async def test_no_refund_begins_while_nobody_can_be_told(endings: Any, service: Any, paid: Any) -> None:
    service.transactions.coordinator_is_down = True

    with pytest.raises(DependencyUnavailable):
        await endings.refund(paid)

    assert (await service.payment(paid.payment_id)).status is Status.SUCCEEDED
    assert await endings.refunds(paid) == []


async def test_two_who_refund_at_once_begin_one_refund(
    endings: Any, service: Any, paid: Any, no_lock: Any, overtaken: Any
) -> None:
    service.lock = no_lock()
    overtaken(lambda: endings.refund(paid))

    assert (await endings.refund(paid)).status is Status.REFUNDING

    assert await told(service) == ["refund-started"]
    assert len(service.transactions.aborted) == 1
    assert len(await endings.refunds(paid)) == 1


async def test_a_round_takes_a_bounded_batch_and_one_that_fails_does_not_stop_the_others(
    endings: Any, service: Any, command: Any
) -> None:
    for number in range(1, BATCH + 2):
        await service.open(command(number))
        await endings.pay(command(number), f"receipt-{number}")
        await endings.refund(command(number))
    asked = 0

    async def fail_first() -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise ZeroDivisionError("a fault of the adapter")

    endings.provider.before_answer = fail_first
    with pytest.raises(ExceptionGroup):
        await endings.drive()

    statuses = [payment.status for payment in (await service.audit()).payments]
    assert (asked, statuses.count("REFUNDED")) == (BATCH, BATCH - 1)
    await endings.drive()
    assert {payment.status for payment in (await service.audit()).payments} == {"REFUNDED"}
