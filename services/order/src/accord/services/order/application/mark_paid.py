"""MarkPaid: told by a payment that succeeded, and the confirmation of a wallet order; never refuses."""

import logging
from datetime import datetime

from accord.services.order.domain.order import OrderStatus
from accord.services.order.domain.repositories import OrderRepository

_logger = logging.getLogger(__name__)


async def mark_paid(order_id: str, orders: OrderRepository, at: datetime) -> None:
    """Move an unpaid order to PAID; remember of a closed one that its money is to be returned."""
    if await orders.advance(order_id, OrderStatus.PAID, at):
        return
    if await orders.mark_refund_due(order_id, at):
        _logger.error("order %s was paid after it was closed: a refund is due", order_id)
