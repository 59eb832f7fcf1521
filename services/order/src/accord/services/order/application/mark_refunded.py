"""MarkRefunded: told by a refund that is done; never refuses."""

from datetime import datetime

from accord.services.order.domain.order import OrderStatus
from accord.services.order.domain.repositories import OrderRepository


async def mark_refunded(order_id: str, orders: OrderRepository, at: datetime) -> None:
    """Move the order to REFUNDED from wherever it stands; it never leaves it again."""
    await orders.advance(order_id, OrderStatus.REFUNDED, at)
