"""What ends a payment otherwise than the provider's callback, over a provider with a book."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from accord.ports.errors import DependencyUnavailable
from accord.ports.money import Money
from accord.ports.provider import BookEntry, CheckoutSession, RefundAnswer, RefundDone
from accord.services.payment.application.cancel_payment import CancelPayment
from accord.services.payment.application.drive_refunds import DriveRefunds
from accord.services.payment.application.expire_payments import ExpirePayments
from accord.services.payment.application.refund_payment import RefundPayment
from accord.services.payment.application.settle_refund import SettleRefund
from accord.services.payment.domain.callback import Callback, CallbackOutcome
from accord.services.payment.domain.payment import Payment
from accord.services.payment.domain.refund import Refund


@dataclass
class FakeProvider:
    """Holds a book; fails when it is told to."""

    is_down: bool = False
    entries: list[BookEntry] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    answers: list[RefundAnswer] = field(default_factory=list)
    refunds: dict[str, tuple[str, Money]] = field(default_factory=dict)
    refunds_asked: int = 0
    before_answer: Callable[[], Awaitable[None]] | None = None

    async def checkout(self, payment_id: str, amount: Money) -> CheckoutSession:
        await self.ping()
        return CheckoutSession(payment_id, f"https://provider.test/{payment_id}")

    async def book(self, payment_id: str) -> tuple[BookEntry, ...]:
        self.asked.append(payment_id)
        await self.ping()
        if self.before_answer is not None:
            await self.before_answer()
        return tuple(entry for entry in self.entries if entry.payment_id == payment_id)

    async def refund(self, refund_id: str, receipt_id: str, amount: Money) -> RefundAnswer:
        """Give the scripted answers, the last one for ever; what is done is remembered under its key."""
        await self.ping()
        self.refunds_asked += 1
        if self.before_answer is not None:
            await self.before_answer()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0] if self.answers else RefundDone()
        if isinstance(answer, RefundDone):
            assert self.refunds.setdefault(refund_id, (receipt_id, amount)) == (receipt_id, amount)
        return answer

    async def ping(self) -> None:
        if self.is_down:
            raise DependencyUnavailable("provider", "it is down")

    async def aclose(self) -> None:
        self.is_down = True


@dataclass
class Endings:
    """The use cases that end a payment."""

    service: Any
    provider: FakeProvider = field(default_factory=FakeProvider)

    async def pay(self, command: Any, receipt: str = "receipt-1") -> CallbackOutcome:
        """The customer pays, and the provider tells us."""
        outcome: CallbackOutcome = await self.service.callbacks().handle(
            Callback(command.payment_id, command.amount, receipt)
        )
        return outcome

    async def cancel(self, command: Any) -> Payment:
        use_case = CancelPayment(self.service.rows, self.service.payment_lock, self.service.decide_and_tell)
        return await use_case(command.payment_id)

    async def expire(self) -> None:
        """One round of the poller that ends payment windows."""
        service = self.service
        poller = ExpirePayments(
            self.provider,
            service.rows,
            service.payment_lock,
            service.clock,
            service.callbacks(),
            service.decide_and_tell,
        )
        await poller()

    async def refund(self, command: Any) -> Payment:
        use_case = RefundPayment(self.service.rows, self.service.payment_lock, self.service.decide_and_tell)
        return await use_case(command.payment_id)

    async def settle(self, command: Any, note: str = "by bank transfer") -> Payment:
        service = self.service
        use_case = SettleRefund(service.rows, service.payment_lock, service.clock, service.decide_and_tell)
        return await use_case(command.payment_id, note)

    async def drive(self) -> None:
        """One round of the poller that asks the provider for refunds."""
        service = self.service
        poller = DriveRefunds(self.provider, service.rows, service.payment_lock, service.clock, service.decide_and_tell)
        await poller()

    async def refunds(self, command: Any) -> list[Refund]:
        refunds: list[Refund] = await self.service.do(lambda rows: rows.refunds.of_payment(command.payment_id))
        return refunds

    async def entries(self) -> list[tuple[str, int]]:
        """Every account that holds something, or owes it."""
        result = await self.service.database.read(
            lambda session: session.execute(
                "select account, sum(amount) from ledger_entry group by account having sum(amount) <> 0"
                " order by account"
            )
        )
        return [(account, amount) for account, amount in result.rows]

    def pass_time(self, **length: float) -> None:
        self.service.clock.moment += timedelta(**length)


@pytest.fixture
def endings(service: Any) -> Endings:
    return Endings(service)


@pytest.fixture
def new_endings(new_service: Any) -> Callable[[], Awaitable[Endings]]:
    async def new() -> Endings:
        return Endings(await new_service())

    return new


@pytest.fixture
def overtaken(service: Any) -> Callable[[Callable[[], Awaitable[object]]], None]:
    """Lets somebody without a lock decide between the next use case's look and its decision."""

    def by(first: Callable[[], Awaitable[object]]) -> None:
        usual = service.transactions.before_decision

        async def before_decision() -> None:
            service.transactions.before_decision = usual
            await first()

        service.transactions.before_decision = before_decision

    return by
