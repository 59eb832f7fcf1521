"""An order that is about to be placed: what it says is settled, whether it may be is not."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from accord.ports.money import Money
from accord.services.order.domain.errors import InvalidOrder
from accord.services.order.domain.order import OrderLine, PaymentMethod
from accord.services.order.domain.order_request import OrderRequest
from accord.services.order.domain.price_list import Price

TOTAL_LIMIT = 1_000_000_000_000  # minor units, the most that a payload can carry


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What Create writes down."""

    order_id: str
    customer_id: str
    lines: tuple[OrderLine, ...]
    total: Money
    payment_method: PaymentMethod
    payment_id: str

    @property
    def gid(self) -> str:
        """The global transaction that places it: there is one for each order, however often it is asked for."""
        return f"place-{self.order_id}"

    def check(self) -> None:
        """Raise InvalidOrder if the lines and the total do not make an order."""
        if {line.unit_price.currency for line in self.lines} != {self.total.currency}:
            raise InvalidOrder("CURRENCIES_DIFFER", "an order has one currency")
        worth = sum(line.unit_price.minor * line.quantity for line in self.lines)
        if worth != self.total.minor:
            raise InvalidOrder("TOTAL_MISMATCH", f"the lines are worth {worth}, the total says {self.total.minor}")
        if worth > TOTAL_LIMIT:
            raise InvalidOrder("TOTAL_TOO_LARGE", f"{worth} is more than {TOTAL_LIMIT} minor units")


def draw_up(request: OrderRequest, quoted: Mapping[str, Price]) -> NewOrder:
    """Return the order that was asked for, at the prices that the customer saw, else at the quoted ones.

    Raises InvalidOrder if it could never be placed.
    """
    lines = tuple(_line(line.sku, line.quantity, line.seen_price or quoted[line.sku]) for line in request.lines)
    worth = sum(line.unit_price.minor * line.quantity for line in lines)
    order = NewOrder(
        order_id=request.order_id,
        customer_id=request.customer_id,
        lines=lines,
        total=Money(worth, lines[0].unit_price.currency),
        payment_method=request.payment_method,
        payment_id=str(uuid.uuid5(uuid.UUID(request.order_id), "payment")),
    )
    order.check()
    return order


def _line(sku: str, quantity: int, price: Price) -> OrderLine:
    return OrderLine(sku, quantity, price.unit_price, price.version)
