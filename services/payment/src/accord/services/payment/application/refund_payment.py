"""What was paid is to be given back."""

from dataclasses import dataclass
from datetime import datetime

from accord.ports.lock import FencingToken
from accord.services.payment.application import tellings
from accord.services.payment.application.decide_and_tell import DecideAndTell
from accord.services.payment.application.find_payment import find_payment
from accord.services.payment.application.payment_lock import PaymentLock
from accord.services.payment.application.transactions import Transactions
from accord.services.payment.domain.errors import AlreadyDecided, NotPaid
from accord.services.payment.domain.payment import Method, Payment, being_refunded, refuse_refunding
from accord.services.payment.domain.receipt import ReceiptStatus
from accord.services.payment.domain.refund import refund_of_payment
from accord.services.payment.domain.repositories import Repositories


@dataclass(frozen=True, slots=True)
class RefundPayment:
    """SUCCEEDED → REFUNDING; the money follows (accord.services.payment.application.drive_refunds)."""

    transactions: Transactions
    lock: PaymentLock
    decide_and_tell: DecideAndTell

    async def __call__(self, payment_id: str) -> Payment:
        """Begin the refund, or find it begun, and return the payment as it stands.

        Raises PaymentNotFound, NotPaid; UnderWay, StaleToken, DependencyUnavailable or DecisionUnknown when the caller
        is to try again.
        """
        async with self.lock.hold(payment_id) as token:
            try:
                return await self._refund(payment_id, token)
            except AlreadyDecided:
                # Somebody else was faster, so it is being refunded.
                return await self._refund(payment_id, token)

    async def _refund(self, payment_id: str, token: FencingToken | None) -> Payment:
        payment = await self._find(payment_id)
        if being_refunded(payment):
            return payment
        refuse_refunding(payment)

        async def begin(rows: Repositories, now: datetime) -> None:
            receipt_id = None
            if payment.method is Method.HOSTED:
                receipt = await rows.receipts.applied_to(payment_id)
                if receipt is None:
                    raise NotPaid(f"payment {payment_id} has no receipt that could be refunded")
                receipt_id = receipt.receipt_id
                await rows.receipts.mark(receipt_id, ReceiptStatus.REFUND_DUE)
            await rows.refunds.add(refund_of_payment(payment, receipt_id), now)

        await self.decide_and_tell(payment, tellings.REFUND_STARTED, token, begin)
        return await self._find(payment_id)

    async def _find(self, payment_id: str) -> Payment:
        return await self.transactions.read(lambda rows: find_payment(rows.payments, payment_id=payment_id))
