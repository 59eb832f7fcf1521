"""A refund ends: its row, its receipt and the books move together."""

from datetime import datetime

from accord.services.payment.domain import ledger
from accord.services.payment.domain.errors import AlreadyDecided
from accord.services.payment.domain.payment import Payment
from accord.services.payment.domain.refund import RECEIPT_STATUS, Refund, RefundStatus
from accord.services.payment.domain.repositories import Repositories


async def end_refund(
    refund: Refund, payment: Payment, end: RefundStatus, words: str, rows: Repositories, now: datetime
) -> None:
    """Leave the status that `refund` was seen at for `end`; `words` are the provider's reason or the operator's note.

    Raises AlreadyDecided when it left that status before.
    """
    if not await rows.refunds.end(refund, end, words, now):
        raise AlreadyDecided(f"refund {refund.refund_id} is not {refund.status} any more")
    if refund.receipt_id is not None:
        await rows.receipts.mark(refund.receipt_id, RECEIPT_STATUS[end])
    if end is RefundStatus.DONE:
        if refund.receipt_id is None:
            await rows.wallets.give_back(payment.customer_id, refund.amount)
        await rows.ledger.post(ledger.refunded(refund, payment), now)
    if end is RefundStatus.SETTLED:
        await rows.ledger.post(ledger.settled(refund), now)
