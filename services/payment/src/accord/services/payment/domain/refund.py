"""A refund: money on its way back to the customer."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from accord.ports.money import Money
from accord.services.payment.domain.payment import Payment
from accord.services.payment.domain.receipt import Receipt, ReceiptStatus

# Receipt ids are the provider's, of whatever form; of the same one the same refund id is made for ever.
_RECEIPTS = UUID("8d1f4c0e-54b1-4a39-9d8c-0c5d8f0a7f2b")
LONGEST_REASON = 1_000
_SHORTEST_PAUSE = 0.5
_LONGEST_PAUSE = 300.0
_MOST_DOUBLINGS = 10


class RefundKind(StrEnum):
    """PAYMENT gives back what was paid for an order; RECEIPT gives back money that had nothing to pay for."""

    PAYMENT = "PAYMENT"
    RECEIPT = "RECEIPT"


class RefundStatus(StrEnum):
    """PENDING until the provider's word: DONE or, when it refuses, FAILED; a failed one is SETTLED by an operator."""

    PENDING = "PENDING"
    DONE = "DONE"
    FAILED = "FAILED"
    SETTLED = "SETTLED"


RECEIPT_STATUS = {
    RefundStatus.PENDING: ReceiptStatus.REFUND_DUE,
    RefundStatus.DONE: ReceiptStatus.REFUNDED,
    RefundStatus.FAILED: ReceiptStatus.REFUND_FAILED,
    RefundStatus.SETTLED: ReceiptStatus.SETTLED,
}


@dataclass(frozen=True, slots=True)
class Refund:
    """The refund id is the provider's key. `receipt_id` is None when the money goes back to the customer's wallet.

    `tries` counts how often it was asked for in vain; `reason` is the provider's when it refused, `note` the operator's
    who settled it.
    """

    refund_id: str
    payment_id: str
    receipt_id: str | None
    kind: RefundKind
    amount: Money
    status: RefundStatus = RefundStatus.PENDING
    tries: int = 0
    reason: str = ""
    note: str = ""


def refund_of_payment(payment: Payment, receipt_id: str | None) -> Refund:
    """Give back what was paid."""
    refund_id = str(uuid5(UUID(payment.payment_id), "refund"))
    return Refund(refund_id, payment.payment_id, receipt_id, RefundKind.PAYMENT, payment.amount)


def refund_of_receipt(receipt: Receipt) -> Refund:
    """Give back what had nothing to pay for."""
    refund_id = str(uuid5(_RECEIPTS, receipt.receipt_id))
    return Refund(refund_id, receipt.payment_id, receipt.receipt_id, RefundKind.RECEIPT, receipt.amount)


def pause_after(tries: int) -> timedelta:
    """How long to wait before the provider is asked again: twice as long each time, five minutes at most."""
    return timedelta(seconds=min(_SHORTEST_PAUSE * 2 ** min(tries, _MOST_DOUBLINGS), _LONGEST_PAUSE))
