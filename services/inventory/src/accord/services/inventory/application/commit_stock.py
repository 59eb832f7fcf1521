"""Commit: told by a payment that succeeded, and the confirmation of a wallet order; never refuses."""

import logging
from datetime import datetime

from accord.services.inventory.domain.movement import sale
from accord.services.inventory.domain.repositories import Repositories
from accord.services.inventory.domain.reservation import ReservationStatus

_logger = logging.getLogger(__name__)


async def commit_stock(order_id: str, repositories: Repositories, now: datetime) -> None:
    """Take the reserved pieces out of the house, once; a reservation that has ended stays as it is."""
    if not await repositories.reservations.end(order_id, ReservationStatus.COMMITTED, now):
        status = await repositories.reservations.status(order_id)
        if status is not ReservationStatus.COMMITTED:
            _logger.error(
                "order %s was sold, and its reservation is %s: nothing was taken", order_id, status or "missing"
            )
        return
    for line in await repositories.reservations.lines(order_id):
        await repositories.items.take(line)
        await repositories.movements.add(sale(order_id, line), now)
