"""A payment: the one row that decides whether an order is paid."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from accord.ports.lock import FencingToken
from accord.ports.money import Money
from accord.ports.provider import CheckoutSession
from accord.services.payment.domain.errors import AlreadyClosed, AlreadyPaid, NotPaid, Refusal, UnderWay

SMALLEST_HOSTED = 50
LARGEST_HOSTED = 100_000_000


class Method(StrEnum):
    """How the customer pays."""

    HOSTED = "HOSTED"
    WALLET = "WALLET"


class Status(StrEnum):
    """Where a payment stands.

    PENDING (hosted) and FROZEN (wallet) are left once. What SUCCEEDED may be given back: it is REFUNDING until the
    provider's word, then REFUNDED, or REFUND_FAILED until an operator settles it. All others are never left.
    """

    PENDING = "PENDING"
    FROZEN = "FROZEN"
    SUCCEEDED = "SUCCEEDED"
    DECLINED = "DECLINED"
    VOIDED = "VOIDED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    REFUNDING = "REFUNDING"
    REFUNDED = "REFUNDED"
    REFUND_FAILED = "REFUND_FAILED"


@dataclass(frozen=True, slots=True)
class Payment:
    """`decided_by` is the gid that told the decision, empty while undecided; `fence` is the last writer's token."""

    payment_id: str
    order_id: str
    customer_id: str
    method: Method
    status: Status
    amount: Money
    expires_at: datetime | None = None
    decided_by: str = ""
    checkout: CheckoutSession | None = None
    fence: FencingToken | None = None


def refuse_unpayable(amount: Money) -> None:
    """Raise Refusal for an amount that the provider would not take, in minor units whatever the currency."""
    if amount.minor < SMALLEST_HOSTED:
        raise Refusal("AMOUNT_TOO_SMALL", f"{amount} is less than {SMALLEST_HOSTED}")
    if amount.minor > LARGEST_HOSTED:
        raise Refusal("AMOUNT_TOO_LARGE", f"{amount} is more than {LARGEST_HOSTED}")


def refuse_cancelling(payment: Payment) -> None:
    """Raise AlreadyPaid, AlreadyClosed or UnderWay for a payment that nobody can cancel any more, or not yet."""
    match payment.status:
        case Status.PENDING:
            return
        case Status.FROZEN:
            raise UnderWay(f"payment {payment.payment_id} is being paid from the wallet")
        case Status.SUCCEEDED | Status.REFUNDING | Status.REFUNDED | Status.REFUND_FAILED:
            raise AlreadyPaid(f"payment {payment.payment_id} is {payment.status}")
        case _:
            raise AlreadyClosed(f"payment {payment.payment_id} is {payment.status}")


def being_refunded(payment: Payment) -> bool:
    """Whether its refund has begun, however it went."""
    return payment.status in {Status.REFUNDING, Status.REFUNDED, Status.REFUND_FAILED}


def refuse_refunding(payment: Payment) -> None:
    """Raise NotPaid or UnderWay for a payment of which there is nothing to give back, or not yet."""
    if payment.status is Status.FROZEN:
        raise UnderWay(f"payment {payment.payment_id} is being paid from the wallet")
    if payment.status is not Status.SUCCEEDED:
        raise NotPaid(f"payment {payment.payment_id} is {payment.status}")
