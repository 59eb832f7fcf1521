"""Every decision on a payment that the other services must know: the one table of what moves, and who is told what.

The tellings are the steps of messages, so none of them can be refused by the service that takes it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from accord.ports.flow import Message
from accord.services.payment.application.commands import (
    CloseOrder,
    CommitStock,
    MarkOrderPaid,
    MarkOrderRefunded,
    MarkOrderRefundFailed,
    MarkOrderRefunding,
    ReleaseStock,
    RestockGoods,
)
from accord.services.payment.domain.payment import Status


@dataclass(frozen=True, slots=True)
class Telling:
    """A payment leaves `before` for `after`, and that is told as the message `name` by `steps` of the order's id.

    `prefix` begins the message's gid.
    """

    name: str
    prefix: str
    before: Status
    after: Status
    steps: Callable[[str], tuple[object, ...]]

    def message(self, gid: str, order_id: str) -> Message:
        """Return the message that tells it of one order."""
        return Message(self.name, gid, self.steps(order_id))


def _paid(order_id: str) -> tuple[object, ...]:
    return MarkOrderPaid(order_id), CommitStock(order_id)


def _closed(reason: str) -> Callable[[str], tuple[object, ...]]:
    return lambda order_id: (CloseOrder(order_id, reason), ReleaseStock(order_id))


def _refunding(order_id: str) -> tuple[object, ...]:
    return RestockGoods(order_id), MarkOrderRefunding(order_id)


def _refunded(order_id: str) -> tuple[object, ...]:
    return (MarkOrderRefunded(order_id),)


def _refund_failed(order_id: str) -> tuple[object, ...]:
    return (MarkOrderRefundFailed(order_id),)


SUCCEEDED = Telling("callback-succeeded", "callback", Status.PENDING, Status.SUCCEEDED, _paid)
DECLINED = Telling("callback-declined", "callback", Status.PENDING, Status.DECLINED, _closed("PAYMENT_DECLINED"))
EXPIRED = Telling("payment-expired", "expiry", Status.PENDING, Status.EXPIRED, _closed("PAYMENT_EXPIRED"))
CANCELLED = Telling("payment-cancelled", "cancel", Status.PENDING, Status.CANCELLED, _closed("CANCELLED"))
REFUND_STARTED = Telling("refund-started", "refund", Status.SUCCEEDED, Status.REFUNDING, _refunding)
REFUND_FINISHED = Telling("refund-finished", "refund", Status.REFUNDING, Status.REFUNDED, _refunded)
REFUND_FAILED = Telling("refund-failed", "refund", Status.REFUNDING, Status.REFUND_FAILED, _refund_failed)
REFUND_SETTLED = Telling("refund-settled", "settle", Status.REFUND_FAILED, Status.REFUNDED, _refunded)

TELLINGS = (
    SUCCEEDED,
    DECLINED,
    EXPIRED,
    CANCELLED,
    REFUND_STARTED,
    REFUND_FINISHED,
    REFUND_FAILED,
    REFUND_SETTLED,
)
