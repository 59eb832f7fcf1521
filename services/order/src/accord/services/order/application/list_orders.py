"""List orders, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from accord.services.order.domain.order import Order, OrderStatus
from accord.services.order.domain.repositories import Position, Repositories


@dataclass(frozen=True, slots=True)
class OrderPage:
    """`behind` is where the next page starts, None on the last one."""

    orders: Sequence[Order]
    behind: Position | None


async def list_orders(
    customer_id: str, status: OrderStatus | None, behind: Position | None, size: int, repositories: Repositories
) -> OrderPage:
    """Return up to `size` orders; an empty customer and no status leave all in.

    Pages keep their place while orders are added: each starts behind the last order of the one before.
    """
    # One more than asked for tells whether there is another page.
    found = await repositories.orders.page(customer_id, status, behind, size + 1)
    orders = found[:size]
    more = len(found) > size
    return OrderPage(orders, Position(orders[-1].created_at, orders[-1].order_id) if more else None)
