"""An order, and the ways in which it may move: forward only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from accord.ports.money import Money

# Shown for an order that was closed when nobody could be asked any more why.
REASON_UNKNOWN = "REASON_UNKNOWN"


class OrderStatus(StrEnum):
    """Where an order stands."""

    CREATED = "CREATED"
    AWAITING_PAYMENT = "AWAITING_PAYMENT"
    PAID = "PAID"
    CLOSED = "CLOSED"

    @property
    def final(self) -> bool:
        """Whether the order will never move again."""
        return self in {OrderStatus.PAID, OrderStatus.CLOSED}


# The statuses that count against a customer's limit, and the only ones that can be left.
UNPAID = frozenset({OrderStatus.CREATED, OrderStatus.AWAITING_PAYMENT})

# From where each status may be entered. Tellings of different transactions overtake each other, so MarkPaid may come
# before AwaitPayment; from anywhere else a telling changes nothing, and is right in doing so.
ENTERED_FROM: Mapping[OrderStatus, frozenset[OrderStatus]] = MappingProxyType(
    {
        OrderStatus.AWAITING_PAYMENT: frozenset({OrderStatus.CREATED}),
        OrderStatus.PAID: UNPAID,
        OrderStatus.CLOSED: UNPAID,
    }
)


class PaymentMethod(StrEnum):
    """Who takes the money: the provider, when the customer has paid there, or the wallet, at once."""

    HOSTED = "HOSTED"
    WALLET = "WALLET"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One sku at the price it will be reserved at; `price_version` is inventory's number for that price."""

    sku: str
    quantity: int
    unit_price: Money
    price_version: int


@dataclass(frozen=True, slots=True)
class Order:
    """An order as everybody sees it. `close_reason` is empty unless it is CLOSED."""

    order_id: str
    customer_id: str
    status: OrderStatus
    lines: tuple[OrderLine, ...]
    total: Money
    payment_method: PaymentMethod
    payment_id: str
    gid: str
    close_reason: str
    refund_due: bool
    created_at: datetime
    changed_at: datetime
