"""Create: the first step of placing an order, which may refuse."""

from datetime import datetime

from accord.services.order.domain.errors import Refusal
from accord.services.order.domain.new_order import NewOrder
from accord.services.order.domain.order import Order, OrderStatus
from accord.services.order.domain.repositories import OrderRepository


async def create_order(new: NewOrder, orders: OrderRepository, unpaid_limit: int, at: datetime) -> None:
    """Write the order down as CREATED.

    Raises InvalidOrder, or Refusal for a customer who has `unpaid_limit` orders that are neither paid nor closed.
    """
    new.check()
    if await orders.count_unpaid(new.customer_id) >= unpaid_limit:
        raise Refusal("TOO_MANY_UNPAID_ORDERS", f"{new.customer_id} has {unpaid_limit}")
    await orders.add(
        Order(
            order_id=new.order_id,
            customer_id=new.customer_id,
            status=OrderStatus.CREATED,
            lines=new.lines,
            total=new.total,
            payment_method=new.payment_method,
            payment_id=new.payment_id,
            gid=new.gid,
            close_reason="",
            refund_due=False,
            created_at=at,
            changed_at=at,
        )
    )
