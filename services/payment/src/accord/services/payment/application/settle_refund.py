"""An operator gave the money back by other means, after the provider had refused to."""

from dataclasses import dataclass
from datetime import datetime

from accord.ports.clock import Clock
from accord.ports.lock import FencingToken
from accord.services.payment.application import tellings
from accord.services.payment.application.decide_and_tell import DecideAndTell
from accord.services.payment.application.end_refund import end_refund
from accord.services.payment.application.find_payment import find_payment
from accord.services.payment.application.payment_lock import PaymentLock
from accord.services.payment.application.transactions import Transactions
from accord.services.payment.domain.errors import AlreadyDecided, NothingToSettle
from accord.services.payment.domain.payment import Payment
from accord.services.payment.domain.refund import Refund, RefundKind, RefundStatus
from accord.services.payment.domain.repositories import Repositories


@dataclass(frozen=True, slots=True)
class SettleRefund:
    """REFUND_FAILED → REFUNDED, and the same for every other receipt of the payment whose refund failed."""

    transactions: Transactions
    lock: PaymentLock
    clock: Clock
    decide_and_tell: DecideAndTell

    async def __call__(self, payment_id: str, note: str) -> Payment:
        """Book it, and return the payment as it stands; a repeat with the same note has no further effect.

        Raises PaymentNotFound, NothingToSettle; StaleToken, DependencyUnavailable or DecisionUnknown when the caller is
        to try again.
        """
        async with self.lock.hold(payment_id) as token:
            try:
                await self._settle(payment_id, note, token)
            except AlreadyDecided:
                await self._settle(payment_id, note, token)
            return await self.transactions.read(lambda rows: find_payment(rows.payments, payment_id=payment_id))

    async def _settle(self, payment_id: str, note: str, token: FencingToken | None) -> None:
        async def look(rows: Repositories) -> tuple[Payment, list[Refund]]:
            return await find_payment(rows.payments, payment_id=payment_id), await rows.refunds.of_payment(payment_id)

        payment, refunds = await self.transactions.read(look)
        failed = [refund for refund in refunds if refund.status is RefundStatus.FAILED]
        settled = [refund for refund in refunds if refund.status is RefundStatus.SETTLED and refund.note == note]
        if not failed and not settled:
            raise NothingToSettle(f"no refund of payment {payment_id} has failed")
        for refund in failed:
            await self._book(refund, payment, note, token)

    async def _book(self, refund: Refund, payment: Payment, note: str, token: FencingToken | None) -> None:
        async def move(rows: Repositories, now: datetime) -> None:
            await end_refund(refund, payment, RefundStatus.SETTLED, note, rows, now)

        if refund.kind is RefundKind.PAYMENT:
            await self.decide_and_tell(payment, tellings.REFUND_SETTLED, token, move)
        else:
            now = self.clock.now()
            await self.transactions.run(lambda rows: move(rows, now))
