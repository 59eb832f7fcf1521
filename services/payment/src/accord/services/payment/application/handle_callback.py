"""The provider's callback: signed and checked, at least once, late, doubled, concurrent and out of order."""

import logging
from dataclasses import dataclass
from datetime import datetime

from accord.ports.clock import Clock
from accord.ports.lock import FencingToken
from accord.services.payment.application import tellings
from accord.services.payment.application.decide_and_tell import DecideAndTell
from accord.services.payment.application.payment_lock import PaymentLock
from accord.services.payment.application.transactions import Transactions
from accord.services.payment.domain import ledger
from accord.services.payment.domain.callback import Callback, CallbackOutcome, check_claim
from accord.services.payment.domain.errors import AlreadyDecided, ReceiptReused, StaleToken
from accord.services.payment.domain.payment import Payment, Status
from accord.services.payment.domain.receipt import Receipt, ReceiptStatus
from accord.services.payment.domain.refund import refund_of_receipt
from accord.services.payment.domain.repositories import Repositories

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CallbackHandler:
    """Takes callbacks; several at once, also for one payment."""

    transactions: Transactions
    lock: PaymentLock
    clock: Clock
    decide_and_tell: DecideAndTell

    async def handle(self, callback: Callback) -> CallbackOutcome:
        """Decide the payment, or book the money that came too late, and say what came of it.

        Raises CallbackRefused for a claim that cannot be; StaleToken, DependencyUnavailable or DecisionUnknown when the
        provider is to send it again.
        """
        async with self.lock.hold(callback.payment_id) as token:
            try:
                return await self._handle(callback, token)
            except AlreadyDecided:
                # Somebody else was faster. That message is aborted; what is said now may be something else.
                return await self._handle(callback, token)
            except StaleToken as error:
                _logger.warning("a stale fencing token was refused: %s", error)
                raise

    async def _handle(self, callback: Callback, token: FencingToken | None) -> CallbackOutcome:
        async def look(rows: Repositories) -> tuple[Payment | None, Receipt | None]:
            receipt = await rows.receipts.find(callback.receipt_id) if callback.receipt_id else None
            return await rows.payments.find(callback.payment_id), receipt

        found, receipt = await self.transactions.read(look)
        payment = check_claim(callback, found, receipt)
        if payment.status is Status.PENDING:
            return await self._decide(callback, payment, token)
        if callback.receipt_id is None:
            return CallbackOutcome.DUPLICATE if payment.status is Status.DECLINED else CallbackOutcome.IGNORED
        if receipt is not None:
            return CallbackOutcome.DUPLICATE
        too_late = Receipt(callback.receipt_id, payment.payment_id, callback.amount, ReceiptStatus.REFUND_DUE)
        return await self._book_refund(too_late)

    async def _decide(self, callback: Callback, seen: Payment, token: FencingToken | None) -> CallbackOutcome:
        if callback.receipt_id is None:
            await self.decide_and_tell(seen, tellings.DECLINED, token)
            return CallbackOutcome.APPLIED
        receipt = Receipt(callback.receipt_id, callback.payment_id, callback.amount, ReceiptStatus.APPLIED)

        async def book(rows: Repositories, now: datetime) -> None:
            if not await rows.receipts.add(receipt, now):
                raise ReceiptReused(f"receipt {receipt.receipt_id} was booked for another payment at the same moment")
            await rows.ledger.post(ledger.sold(receipt), now)

        await self.decide_and_tell(seen, tellings.SUCCEEDED, token, book)
        return CallbackOutcome.APPLIED

    async def _book_refund(self, receipt: Receipt) -> CallbackOutcome:
        now = self.clock.now()

        async def book(rows: Repositories) -> bool:
            if not await rows.receipts.add(receipt, now):
                return False
            await rows.ledger.post(ledger.owed_back(receipt), now)
            await rows.refunds.add(refund_of_receipt(receipt), now)
            return True

        if not await self.transactions.run(book):
            return CallbackOutcome.DUPLICATE
        _logger.warning("receipt %s of payment %s is to be refunded", receipt.receipt_id, receipt.payment_id)
        return CallbackOutcome.REFUND_DUE
