"""A receipt: money that the provider says it took."""

from dataclasses import dataclass
from enum import StrEnum

from accord.ports.money import Money


class ReceiptStatus(StrEnum):
    """APPLIED paid for its payment.

    REFUND_DUE is being given back, since its payment is refunded, was decided otherwise, or was paid before. It ends as
    REFUNDED, or as REFUND_FAILED when the provider refused, which an operator makes SETTLED.
    """

    APPLIED = "APPLIED"
    REFUND_DUE = "REFUND_DUE"
    REFUNDED = "REFUNDED"
    REFUND_FAILED = "REFUND_FAILED"
    SETTLED = "SETTLED"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One receipt id is booked once."""

    receipt_id: str
    payment_id: str
    amount: Money
    status: ReceiptStatus
