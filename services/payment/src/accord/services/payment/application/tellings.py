"""Every decision on a payment that the other services must know: the one table of what moves, and who is told what.

The tellings are the steps of messages, so none of them can be refused by the service that takes it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from accord.ports.flow import Message
from accord.services.payment.application.commands import CloseOrder, CommitStock, MarkOrderPaid, ReleaseStock
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


SUCCEEDED = Telling("callback-succeeded", "callback", Status.PENDING, Status.SUCCEEDED, _paid)
DECLINED = Telling("callback-declined", "callback", Status.PENDING, Status.DECLINED, _closed("PAYMENT_DECLINED"))
EXPIRED = Telling("payment-expired", "expiry", Status.PENDING, Status.EXPIRED, _closed("PAYMENT_EXPIRED"))
CANCELLED = Telling("payment-cancelled", "cancel", Status.PENDING, Status.CANCELLED, _closed("CANCELLED"))

TELLINGS = (SUCCEEDED, DECLINED, EXPIRED, CANCELLED)
