"""The commands that placing an order is made of; one table in infrastructure says where each one goes."""

from dataclasses import dataclass

from accord.ports.money import Money
from accord.services.order.domain.new_order import NewOrder
from accord.services.order.domain.order import OrderLine


@dataclass(frozen=True, slots=True)
class CreateOrder:
    """Write the order down; undone by closing it, confirmed by marking it paid."""

    order: NewOrder


@dataclass(frozen=True, slots=True)
class ReserveStock:
    """Set the goods aside; undone by releasing them, confirmed by taking them out of the house."""

    order_id: str
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True, slots=True)
class OpenPayment:
    """Let the customer pay at the provider; undone by voiding the payment."""

    payment_id: str
    order_id: str
    customer_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class FreezeFunds:
    """Set wallet money aside; undone by giving it back, confirmed by taking it."""

    payment_id: str
    order_id: str
    customer_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class AwaitPayment:
    """Tell the order that everything is ready for its payment; there is nothing to undo."""

    order_id: str
