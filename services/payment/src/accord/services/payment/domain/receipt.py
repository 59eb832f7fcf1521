"""A receipt: money that the provider says it took."""

from dataclasses import dataclass
from enum import StrEnum

from accord.ports.money import Money


class ReceiptStatus(StrEnum):
    """APPLIED paid for its payment; REFUND_DUE came for one that was decided otherwise, or paid before."""

    APPLIED = "APPLIED"
    REFUND_DUE = "REFUND_DUE"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One receipt id is booked once."""

    receipt_id: str
    payment_id: str
    amount: Money
    status: ReceiptStatus
