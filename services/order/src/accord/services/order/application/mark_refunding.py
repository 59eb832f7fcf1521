"""MarkRefunding: told by a refund that has begun; never refuses."""

from datetime import datetime

from accord.services.order.domain.order import OrderStatus
from accord.services.order.domain.repositories import OrderRepository


async def mark_refunding(order_id: str, orders: OrderRepository, at: datetime) -> None:
    """Move an order to REFUNDING, also before it was told to be paid; any other stays as it is."""
    await orders.advance(order_id, OrderStatus.REFUNDING, at)
