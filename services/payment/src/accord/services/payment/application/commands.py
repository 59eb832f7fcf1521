"""What the transaction manager asks of a payment, and what its decisions tell the other services.

The tellings are the steps of messages, so none of them can be refused by the service that takes it.
"""

from dataclasses import dataclass

from accord.ports.money import Money


@dataclass(frozen=True, slots=True)
class BranchCommand:
    """The payload of Open and Void, and of Freeze, Capture and Unfreeze: an action and its undo get the same."""

    payment_id: str
    order_id: str
    customer_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class MarkOrderPaid:
    """Tell order that its payment succeeded."""

    order_id: str


@dataclass(frozen=True, slots=True)
class CommitStock:
    """Tell inventory that what is reserved for the order is sold."""

    order_id: str


@dataclass(frozen=True, slots=True)
class MarkOrderRefunding:
    """Tell order that what was paid is being given back."""

    order_id: str


@dataclass(frozen=True, slots=True)
class MarkOrderRefunded:
    """Tell order that the customer has the money back."""

    order_id: str


@dataclass(frozen=True, slots=True)
class MarkOrderRefundFailed:
    """Tell order that the provider refused to give the money back."""

    order_id: str


@dataclass(frozen=True, slots=True)
class RestockGoods:
    """Tell inventory that what was sold, or is still reserved, for the order can be sold again."""

    order_id: str


@dataclass(frozen=True, slots=True)
class CloseOrder:
    """Tell order that it will not be paid."""

    order_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReleaseStock:
    """Tell inventory that what is reserved for the order is free."""

    order_id: str
