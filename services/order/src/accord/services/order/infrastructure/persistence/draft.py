"""The order of an attempt as JSON, for as long as there is no order row."""

import json
from dataclasses import asdict
from typing import Any

from accord.ports.money import Money
from accord.services.order.domain.new_order import NewOrder
from accord.services.order.domain.order import OrderLine, PaymentMethod


def to_row(order: NewOrder) -> str:
    """Return the text that is kept."""
    return json.dumps(asdict(order), separators=(",", ":"))


def from_row(text: str) -> NewOrder:
    """Return the order that was kept."""
    order: dict[str, Any] = json.loads(text)
    lines = [line | {"unit_price": Money(**line["unit_price"])} for line in order["lines"]]
    return NewOrder(
        order_id=order["order_id"],
        customer_id=order["customer_id"],
        lines=tuple(OrderLine(**line) for line in lines),
        total=Money(**order["total"]),
        payment_method=PaymentMethod(order["payment_method"]),
        payment_id=order["payment_id"],
    )
