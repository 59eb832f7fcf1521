"""A customer cancels what nobody paid."""

from typing import Any

import pytest

from accord.ports.flow import Message
from accord.ports.money import Money
from accord.services.payment.application.commands import CloseOrder, ReleaseStock
from accord.services.payment.application.freeze_funds import capture_funds, freeze_funds, unfreeze_funds
from accord.services.payment.application.open_payment import void_payment
from accord.services.payment.domain.callback import Callback, CallbackOutcome
from accord.services.payment.domain.errors import AlreadyClosed, AlreadyPaid, PaymentNotFound, UnderWay
from accord.services.payment.domain.payment import Status


async def test_cancelling_decides_the_payment_and_tells_order_and_inventory_once(
    endings: Any, service: Any, command: Any
) -> None:
    await service.open(command())

    first = await endings.cancel(command())
    again = await endings.cancel(command())

    assert first.status is Status.CANCELLED
    assert again == first
    steps = (CloseOrder(command().order_id, "CANCELLED"), ReleaseStock(command().order_id))
    assert service.transactions.submitted == [Message("payment-cancelled", first.decided_by, steps)]
    assert await service.broken_laws() == {}


async def test_what_is_paid_cannot_be_cancelled(endings: Any, service: Any, command: Any) -> None:
    await service.open(command())
    await endings.pay(command())

    with pytest.raises(AlreadyPaid):
        await endings.cancel(command())

    assert (await service.payment(command().payment_id)).status is Status.SUCCEEDED


async def declined(endings: Any, command: Any) -> None:
    await endings.service.callbacks().handle(Callback(command.payment_id, command.amount, None))


async def voided(endings: Any, command: Any) -> None:
    await endings.service.do(lambda rows: void_payment(command, rows, endings.service.clock.now(), "place-1"))


async def expired(endings: Any, _: Any) -> None:
    endings.pass_time(days=1)
    await endings.expire()


@pytest.mark.parametrize("close", [declined, voided, expired])
async def test_what_is_closed_otherwise_cannot_be_cancelled(
    endings: Any, service: Any, command: Any, close: Any
) -> None:
    await service.open(command())
    await close(endings, command())

    with pytest.raises(AlreadyClosed):
        await endings.cancel(command())


@pytest.mark.parametrize(("end", "error"), [(capture_funds, AlreadyPaid), (unfreeze_funds, AlreadyClosed)])
async def test_a_wallet_payment_is_paid_or_closed_but_never_cancelled(
    endings: Any, service: Any, command: Any, end: Any, error: Any
) -> None:
    await service.top_up("alice", Money(2_500, "EUR"))
    await service.do(lambda rows: freeze_funds(command(), rows, service.clock.now()))
    with pytest.raises(UnderWay):
        await endings.cancel(command())

    await service.do(lambda rows: end(command(), rows, service.clock.now(), "place-1"))

    with pytest.raises(error):
        await endings.cancel(command())


async def test_nobody_cancels_a_payment_that_is_not_there(endings: Any, command: Any) -> None:
    with pytest.raises(PaymentNotFound):
        await endings.cancel(command())


async def test_a_customer_who_pays_while_it_is_cancelled_has_paid(
    endings: Any, service: Any, command: Any, no_lock: Any, overtaken: Any
) -> None:
    await service.open(command())
    service.lock = no_lock()
    overtaken(lambda: endings.pay(command()))

    with pytest.raises(AlreadyPaid):
        await endings.cancel(command())

    assert [message.name for message in service.transactions.submitted] == ["callback-succeeded"]
    assert len(service.transactions.aborted) == 1


async def test_a_customer_who_pays_after_cancelling_is_owed_the_money(endings: Any, service: Any, command: Any) -> None:
    await service.open(command())
    await endings.cancel(command())

    assert await endings.pay(command()) is CallbackOutcome.REFUND_DUE

    assert (await service.payment(command().payment_id)).status is Status.CANCELLED
    assert await service.broken_laws() == {}
