"""MarkRefundFailed: told by a refund that the provider refused; never refuses itself."""

import logging
from datetime import datetime

from accord.services.order.domain.order import OrderStatus
from accord.services.order.domain.repositories import OrderRepository

_logger = logging.getLogger(__name__)


async def mark_refund_failed(order_id: str, orders: OrderRepository, at: datetime) -> None:
    """Move the order to REFUND_FAILED, unless it is settled already."""
    if await orders.advance(order_id, OrderStatus.REFUND_FAILED, at):
        _logger.error("the provider refused to refund order %s: an operator has to settle it", order_id)
