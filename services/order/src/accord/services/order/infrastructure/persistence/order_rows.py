"""Rows to orders."""

from collections.abc import Sequence
from typing import Any

from accord.ports.money import Money
from accord.services.order.domain.order import REASON_UNKNOWN, Order, OrderLine, OrderStatus, PaymentMethod
from accord.services.order.infrastructure.persistence import times

ORDER_COLUMNS = (
    "order_id, customer_id, status, total, currency, payment_method, payment_id, gid, close_reason, refund_due, "
    "created_at, changed_at"
)
LINE_COLUMNS = "sku, quantity, unit_price, currency, price_version"


def order_of(row: Sequence[Any], lines: Sequence[OrderLine]) -> Order:
    """Return the order of a row with ORDER_COLUMNS."""
    (
        order_id,
        customer_id,
        status,
        total,
        currency,
        payment_method,
        payment_id,
        gid,
        close_reason,
        refund_due,
        created_at,
        changed_at,
    ) = row
    unexplained = status == OrderStatus.CLOSED and not close_reason
    return Order(
        order_id=order_id,
        customer_id=customer_id,
        status=OrderStatus(status),
        lines=tuple(lines),
        total=Money(total, currency),
        payment_method=PaymentMethod(payment_method),
        payment_id=payment_id,
        gid=gid,
        close_reason=REASON_UNKNOWN if unexplained else close_reason,
        refund_due=bool(refund_due),
        created_at=times.from_row(created_at),
        changed_at=times.from_row(changed_at),
    )


def line_of(row: Sequence[Any]) -> OrderLine:
    """Return the line of a row with LINE_COLUMNS."""
    sku, quantity, unit_price, currency, price_version = row
    return OrderLine(sku, quantity, Money(unit_price, currency), price_version)
