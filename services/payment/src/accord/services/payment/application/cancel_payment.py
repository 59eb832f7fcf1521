"""The customer does not want it any more, and has not paid."""

from dataclasses import dataclass

from accord.ports.lock import FencingToken
from accord.services.payment.application import tellings
from accord.services.payment.application.decide_and_tell import DecideAndTell
from accord.services.payment.application.find_payment import find_payment
from accord.services.payment.application.payment_lock import PaymentLock
from accord.services.payment.application.transactions import Transactions
from accord.services.payment.domain.errors import AlreadyDecided
from accord.services.payment.domain.payment import Payment, Status, refuse_cancelling


@dataclass(frozen=True, slots=True)
class CancelPayment:
    """PENDING → CANCELLED; a repeat has no further effect."""

    transactions: Transactions
    lock: PaymentLock
    decide_and_tell: DecideAndTell

    async def __call__(self, payment_id: str) -> Payment:
        """Cancel, and return the payment as it stands.

        Raises PaymentNotFound, AlreadyPaid, AlreadyClosed; UnderWay, StaleToken, DependencyUnavailable or
        DecisionUnknown when the caller is to try again.
        """
        async with self.lock.hold(payment_id) as token:
            try:
                return await self._cancel(payment_id, token)
            except AlreadyDecided:
                # Somebody else was faster: a repeat, or the customer's payment after all.
                return await self._cancel(payment_id, token)

    async def _cancel(self, payment_id: str, token: FencingToken | None) -> Payment:
        payment = await self._find(payment_id)
        if payment.status is Status.CANCELLED:
            return payment
        refuse_cancelling(payment)
        await self.decide_and_tell(payment, tellings.CANCELLED, token)
        return await self._find(payment_id)

    async def _find(self, payment_id: str) -> Payment:
        return await self.transactions.read(lambda rows: find_payment(rows.payments, payment_id=payment_id))
