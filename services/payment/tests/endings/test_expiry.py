"""The payment window ends, and the provider's book has the last word."""

import asyncio
from typing import Any

import pytest

from accord.ports.flow import Message
from accord.ports.money import Money
from accord.ports.provider import BookEntry
from accord.services.payment.application.commands import CloseOrder, CommitStock, MarkOrderPaid, ReleaseStock
from accord.services.payment.application.expire_payments import BATCH
from accord.services.payment.domain.callback import CallbackOutcome
from accord.services.payment.domain.payment import Status


async def test_a_payment_nobody_paid_is_expired_at_the_end_of_its_window_and_not_before(
    endings: Any, service: Any, command: Any
) -> None:
    opened = await service.open(command())
    service.clock.moment = opened.expires_at
    endings.pass_time(microseconds=-1)
    await endings.expire()
    assert (await service.payment(command().payment_id)).status is Status.PENDING

    endings.pass_time(microseconds=1)
    await endings.expire()

    payment = await service.payment(command().payment_id)
    assert payment.status is Status.EXPIRED
    steps = (CloseOrder(command().order_id, "PAYMENT_EXPIRED"), ReleaseStock(command().order_id))
    assert service.transactions.submitted == [Message("payment-expired", payment.decided_by, steps)]
    assert await service.broken_laws() == {}


async def test_what_the_providers_book_says_is_paid_is_handled_as_its_lost_callback(
    endings: Any, service: Any, command: Any, caplog: Any
) -> None:
    await service.open(command())
    for receipt in ("receipt-1", "receipt-2"):
        endings.provider.entries.append(BookEntry(receipt, command().payment_id, command().amount))
    endings.pass_time(days=1)

    await endings.expire()

    payment = await service.payment(command().payment_id)
    assert payment.status is Status.SUCCEEDED
    steps = (MarkOrderPaid(command().order_id), CommitStock(command().order_id))
    assert service.transactions.submitted == [Message("callback-succeeded", payment.decided_by, steps)]
    assert [receipt.status for receipt in (await service.audit()).receipts] == ["APPLIED", "REFUND_DUE"]
    assert "stands in the provider's book, untold" in caplog.text
    assert await endings.pay(command()) is CallbackOutcome.DUPLICATE
    assert await service.broken_laws() == {}


async def test_without_the_providers_answer_nothing_is_expired_until_it_can_be_asked(
    endings: Any, service: Any, command: Any, caplog: Any
) -> None:
    await service.open(command())
    endings.pass_time(days=1)
    endings.provider.is_down = True
    await endings.expire()
    assert (await service.payment(command().payment_id)).status is Status.PENDING
    assert service.transactions.submitted == []
    assert "left for the next round" in caplog.text

    endings.provider.is_down = False
    await endings.expire()

    assert (await service.payment(command().payment_id)).status is Status.EXPIRED


async def test_nothing_is_expired_while_nobody_can_be_told(endings: Any, service: Any, command: Any) -> None:
    await service.open(command())
    endings.pass_time(days=1)
    service.transactions.coordinator_is_down = True
    await endings.expire()
    assert (await service.payment(command().payment_id)).status is Status.PENDING

    service.transactions.coordinator_is_down = False
    await endings.expire()

    assert (await service.payment(command().payment_id)).status is Status.EXPIRED


async def test_a_sum_in_the_book_that_nobody_asked_for_is_left_to_the_operator(
    endings: Any, service: Any, command: Any, caplog: Any
) -> None:
    await service.open(command(1))
    await service.open(command(2))
    endings.provider.entries.append(BookEntry("receipt-1", command(1).payment_id, Money(1, "EUR")))
    endings.pass_time(days=1)

    await endings.expire()

    assert (await service.payment(command(1).payment_id)).status is Status.PENDING
    assert "the provider's book has no sense" in caplog.text
    # The others go on.
    assert (await service.payment(command(2).payment_id)).status is Status.EXPIRED


async def test_two_pollers_at_once_expire_once_even_without_the_lock(
    endings: Any, service: Any, command: Any, no_lock: Any
) -> None:
    await service.open(command())
    endings.pass_time(days=1)
    service.lock = no_lock()
    service.transactions.before_decision = lambda: service.transactions.deciding.wait_for(2)

    await asyncio.gather(endings.expire(), endings.expire())

    assert service.transactions.deciding.most == 2
    assert len(service.transactions.submitted) == 1
    assert len(service.transactions.aborted) == 1
    assert (await service.payment(command().payment_id)).decided_by == service.transactions.submitted[0].gid
    assert await service.broken_laws() == {}


async def test_a_round_takes_a_bounded_batch_of_those_due_longest_and_the_next_round_the_rest(
    endings: Any, service: Any, command: Any
) -> None:
    commands = [command(number) for number in range(1, BATCH + 3)]
    for one in commands:
        await service.open(one)
        endings.pass_time(seconds=1)
    endings.pass_time(days=1)

    await endings.expire()

    assert set(endings.provider.asked) == {one.payment_id for one in commands[:BATCH]}
    await endings.expire()
    assert {payment.status for payment in (await service.audit()).payments} == {"EXPIRED"}
    assert len(service.transactions.submitted) == BATCH + 2


async def test_a_payment_that_is_paid_while_the_poller_decides_stays_paid(
    endings: Any, service: Any, command: Any, no_lock: Any, overtaken: Any
) -> None:
    await service.open(command())
    endings.pass_time(days=1)
    service.lock = no_lock()
    overtaken(lambda: endings.pay(command()))

    await endings.expire()

    assert (await service.payment(command().payment_id)).status is Status.SUCCEEDED
    assert [message.name for message in service.transactions.submitted] == ["callback-succeeded"]
    assert len(service.transactions.aborted) == 1
    assert await service.broken_laws() == {}


@pytest.mark.parametrize("pays", [True, False])
async def test_what_is_decided_is_not_due_any_more(endings: Any, service: Any, command: Any, pays: bool) -> None:
    await service.open(command())
    await (endings.pay(command()) if pays else endings.cancel(command()))
    endings.pass_time(days=1)

    await endings.expire()

    assert endings.provider.asked == []
