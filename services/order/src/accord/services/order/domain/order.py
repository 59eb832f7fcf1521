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
    REFUNDING = "REFUNDING"
    REFUNDED = "REFUNDED"
    REFUND_FAILED = "REFUND_FAILED"

    @property
    def final(self) -> bool:
        """Whether the order stays as it is unless somebody asks for a refund, or an operator settles one."""
        return self not in UNPAID | {OrderStatus.REFUNDING}


# The statuses that count against a customer's limit.
UNPAID = frozenset({OrderStatus.CREATED, OrderStatus.AWAITING_PAYMENT})

# The statuses of an order that keeps its goods, or will get them.
NOT_REFUNDED = UNPAID | {OrderStatus.PAID}

# From where each status may be entered. Tellings of different transactions overtake each other, so MarkPaid may come
# before AwaitPayment, and MarkRefunding before MarkPaid; from anywhere else a telling changes nothing, and is right in
# doing so. REFUNDED is entered from everywhere and never left.
ENTERED_FROM: Mapping[OrderStatus, frozenset[OrderStatus]] = MappingProxyType(
    {
        OrderStatus.AWAITING_PAYMENT: frozenset({OrderStatus.CREATED}),
        OrderStatus.PAID: UNPAID,
        OrderStatus.CLOSED: UNPAID,
        OrderStatus.REFUNDING: NOT_REFUNDED,
        OrderStatus.REFUND_FAILED: NOT_REFUNDED | {OrderStatus.CLOSED, OrderStatus.REFUNDING},
        OrderStatus.REFUNDED: frozenset(OrderStatus) - {OrderStatus.REFUNDED},
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
    """An order as everybody sees it. `close_reason` is empty, and no refund is due, unless it is CLOSED."""

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
