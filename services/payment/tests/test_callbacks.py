"""What the provider's callbacks do, one after the other."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from accord.ports.errors import DependencyUnavailable
from accord.ports.flow import Message
from accord.ports.lock import FencingToken
from accord.ports.money import Money
from accord.ports.unit_of_work import SqlSession, UnitOfWork
from accord.services.payment.application.audit import ReceiptFact
from accord.services.payment.application.commands import (
    BranchCommand,
    CloseOrder,
    CommitStock,
    MarkOrderPaid,
    ReleaseStock,
)
from accord.services.payment.application.freeze_funds import freeze_funds
from accord.services.payment.application.open_payment import void_payment
from accord.services.payment.domain.callback import Callback, CallbackOutcome
from accord.services.payment.domain.errors import (
    CallbackRefused,
    ReceiptReused,
    UnknownPayment,
    WrongAmount,
    WrongCurrency,
)
from accord.services.payment.domain.payment import Status
from accord.services.payment.domain.receipt import ReceiptStatus

T = TypeVar("T")


@dataclass(frozen=True)
class ReadOnly:
    """A database in which no transaction may write."""

    database: UnitOfWork

    async def run(self, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        raise AssertionError("a transaction was begun")

    async def read(self, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        return await self.database.read(work)


def success(command: BranchCommand, receipt: str = "receipt-1") -> Callback:
    return Callback(command.payment_id, command.amount, receipt)


def decline(command: BranchCommand) -> Callback:
    return Callback(command.payment_id, command.amount, None)


@pytest.mark.requirement("callback.decides-and-tells")
async def test_a_success_decides_the_payment_and_tells_order_and_inventory(service: Any, command: Any) -> None:
    await service.open(command())

    assert await service.callbacks().handle(success(command())) is CallbackOutcome.APPLIED

    payment = await service.payment(command().payment_id)
    assert payment.status is Status.SUCCEEDED
    steps = (MarkOrderPaid(command().order_id), CommitStock(command().order_id))
    assert service.transactions.submitted == [Message("callback-succeeded", payment.decided_by, steps)]
    assert payment.fence == FencingToken("this test", 1)
    audit = await service.audit()
    assert audit.receipts == [ReceiptFact("receipt-1", command().payment_id, command().amount, "APPLIED")]
    assert await service.broken_laws() == {}


@pytest.mark.requirement("callback.decides-and-tells")
async def test_a_decline_decides_the_payment_and_tells_order_and_inventory(service: Any, command: Any) -> None:
    await service.open(command())

    assert await service.callbacks().handle(decline(command())) is CallbackOutcome.APPLIED

    payment = await service.payment(command().payment_id)
    assert payment.status is Status.DECLINED
    steps = (CloseOrder(command().order_id, "PAYMENT_DECLINED"), ReleaseStock(command().order_id))
    assert service.transactions.submitted == [Message("callback-declined", payment.decided_by, steps)]
    assert await service.broken_laws() == {}


@pytest.mark.requirement("callback.duplicate-needs-no-transaction")
@pytest.mark.parametrize("say", [success, decline])
async def test_a_repeated_callback_is_a_duplicate_and_changes_nothing(service: Any, command: Any, say: Any) -> None:
    await service.open(command())
    await service.callbacks().handle(say(command()))
    before = await service.audit()

    assert await service.callbacks().handle(say(command())) is CallbackOutcome.DUPLICATE

    assert await service.audit() == before
    assert len(service.transactions.submitted) == 1


@pytest.mark.requirement("callback.late-success-is-refund-due")
@pytest.mark.parametrize("receipt", ["receipt-1", "receipt-2"])
async def test_a_success_after_a_decline_is_booked_to_be_refunded(service: Any, command: Any, receipt: Any) -> None:
    await service.open(command())
    await service.callbacks().handle(decline(command()))

    assert await service.callbacks().handle(success(command(), receipt)) is CallbackOutcome.REFUND_DUE

    assert (await service.payment(command().payment_id)).status is Status.DECLINED
    assert [entry.status for entry in (await service.audit()).receipts] == [ReceiptStatus.REFUND_DUE]
    assert await service.broken_laws() == {}


@pytest.mark.requirement("callback.late-success-is-refund-due")
async def test_a_success_on_a_voided_payment_is_booked_to_be_refunded(service: Any, command: Any) -> None:
    await service.open(command())
    await service.do(lambda rows: void_payment(command(), rows, service.clock.now(), "place-1"))

    assert await service.callbacks().handle(success(command())) is CallbackOutcome.REFUND_DUE
    assert await service.broken_laws() == {}


async def test_a_provider_success_for_a_wallet_payment_is_booked_to_be_refunded(service: Any, command: Any) -> None:
    await service.top_up("alice", Money(5_000, "EUR"))
    await service.do(lambda rows: freeze_funds(command(), rows, service.clock.now()))

    assert await service.callbacks().handle(success(command())) is CallbackOutcome.REFUND_DUE

    assert (await service.payment(command().payment_id)).status is Status.FROZEN
    assert await service.broken_laws() == {}


@pytest.mark.requirement("callback.receipt-counts-once")
async def test_a_second_receipt_is_booked_to_be_refunded_once(service: Any, command: Any) -> None:
    await service.open(command())
    handler = service.callbacks()
    await handler.handle(success(command(), "receipt-1"))

    outcomes = [await handler.handle(success(command(), "receipt-2")) for _ in range(3)]

    assert outcomes == [CallbackOutcome.REFUND_DUE, CallbackOutcome.DUPLICATE, CallbackOutcome.DUPLICATE]
    receipts = (await service.audit()).receipts
    assert [entry.status for entry in receipts] == [ReceiptStatus.APPLIED, ReceiptStatus.REFUND_DUE]
    assert await service.broken_laws() == {}


async def test_a_decline_after_a_success_is_ignored(service: Any, command: Any) -> None:
    await service.open(command())
    await service.callbacks().handle(success(command()))

    assert await service.callbacks().handle(decline(command())) is CallbackOutcome.IGNORED

    assert (await service.payment(command().payment_id)).status is Status.SUCCEEDED
    assert len(service.transactions.submitted) == 1


@pytest.mark.requirement("callback.claim-is-checked")
@pytest.mark.parametrize(
    ("amount", "error"),
    [(Money(2_499, "EUR"), WrongAmount), (Money(2_501, "EUR"), WrongAmount), (Money(2_500, "USD"), WrongCurrency)],
)
@pytest.mark.parametrize("decided", [False, True])
async def test_a_claim_that_differs_from_what_was_asked_is_refused(
    service: Any, command: Any, amount: Any, error: Any, decided: Any
) -> None:
    await service.open(command())
    if decided:
        await service.callbacks().handle(decline(command()))
    before = await service.audit()

    with pytest.raises(error):
        await service.callbacks().handle(Callback(command().payment_id, amount, "receipt-1"))

    assert await service.audit() == before


@pytest.mark.requirement("callback.claim-is-checked")
async def test_a_callback_for_a_payment_that_was_never_opened_is_refused(service: Any, command: Any) -> None:
    with pytest.raises(UnknownPayment):
        await service.callbacks().handle(success(command()))


@pytest.mark.requirement("callback.receipt-counts-once")
@pytest.mark.parametrize("closed", [False, True])
async def test_a_receipt_pays_for_one_payment_only(service: Any, command: Any, closed: Any) -> None:
    await service.open(command(1))
    await service.open(command(2))
    await service.callbacks().handle(success(command(1)))
    if closed:
        await service.callbacks().handle(decline(command(2)))

    with pytest.raises(ReceiptReused) as refused:
        await service.callbacks().handle(success(command(2)))

    assert isinstance(refused.value, CallbackRefused)
    assert await service.broken_laws() == {}


@pytest.mark.requirement("callback.no-prepare-no-decision")
async def test_nothing_is_decided_while_the_coordinator_cannot_be_told(service: Any, command: Any) -> None:
    await service.open(command())
    service.transactions.coordinator_is_down = True

    with pytest.raises(DependencyUnavailable):
        await service.callbacks().handle(success(command()))

    assert (await service.payment(command().payment_id)).status is Status.PENDING
    assert (await service.audit()).receipts == []


@pytest.mark.requirement("callback.duplicate-needs-no-transaction")
async def test_a_decided_row_answers_duplicates_without_a_transaction(service: Any, command: Any) -> None:
    await service.open(command())
    await service.callbacks().handle(success(command()))
    database, service.database = service.database, ReadOnly(service.database)
    handler = service.callbacks()

    assert await handler.handle(success(command())) is CallbackOutcome.DUPLICATE
    assert await handler.handle(decline(command())) is CallbackOutcome.IGNORED
    # What is new money does begin one.
    with pytest.raises(AssertionError):
        await handler.handle(success(command(), "receipt-2"))
    service.database = database


def overtaken(service: Any, first: Callable[[], Awaitable[object]]) -> None:
    """Somebody without a lock decides between this handler's look and its decision."""

    async def before_decision() -> None:
        service.transactions.before_decision = at_once
        await first()

    async def at_once() -> None:
        pass

    service.transactions.before_decision = before_decision


@pytest.mark.requirement("callback.overtaken-chooses-again")
@pytest.mark.parametrize(
    ("faster", "outcome"),
    [
        (lambda c: success(c, "receipt-1"), CallbackOutcome.DUPLICATE),
        (lambda c: success(c, "receipt-2"), CallbackOutcome.REFUND_DUE),
        (decline, CallbackOutcome.REFUND_DUE),
    ],
)
async def test_who_finds_the_row_decided_aborts_and_chooses_again(
    service: Any, command: Any, no_lock: Any, faster: Any, outcome: Any
) -> None:
    await service.open(command())
    service.lock = no_lock()
    overtaken(service, lambda: service.callbacks().handle(faster(command())))

    assert await service.callbacks().handle(success(command(), "receipt-1")) is outcome

    assert len(service.transactions.submitted) == 1
    assert len(service.transactions.aborted) == 1
    assert service.transactions.aborted[0] != service.transactions.submitted[0].gid
    assert await service.broken_laws() == {}


async def test_a_receipt_booked_for_another_payment_meanwhile_decides_nothing(
    service: Any, command: Any, no_lock: Any
) -> None:
    await service.open(command(1))
    await service.open(command(2))
    service.lock = no_lock()
    overtaken(service, lambda: service.callbacks().handle(success(command(2), "receipt-1")))

    with pytest.raises(ReceiptReused):
        await service.callbacks().handle(success(command(1), "receipt-1"))

    assert (await service.payment(command(1).payment_id)).status is Status.PENDING
    assert len(service.transactions.aborted) == 1
    assert await service.broken_laws() == {}
