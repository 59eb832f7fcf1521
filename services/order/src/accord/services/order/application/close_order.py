"""Close: the undo of Create, and told by a payment that will never come; never refuses."""

from datetime import datetime

from accord.services.order.domain.order import OrderStatus
from accord.services.order.domain.repositories import OrderRepository


async def close_order(order_id: str, reason: str, orders: OrderRepository, at: datetime) -> None:
    """Close an unpaid order, with the reason where the teller knows it; any other stays as it is."""
    await orders.advance(order_id, OrderStatus.CLOSED, at, reason)
