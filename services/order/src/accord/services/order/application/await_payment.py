"""AwaitPayment: the last step of a hosted saga, which never refuses."""

from datetime import datetime

from accord.services.order.domain.order import OrderStatus
from accord.services.order.domain.repositories import OrderRepository


async def await_payment(order_id: str, orders: OrderRepository, at: datetime) -> None:
    """Move CREATED to AWAITING_PAYMENT; an order that was paid or closed meanwhile stays as it is."""
    await orders.advance(order_id, OrderStatus.AWAITING_PAYMENT, at)
