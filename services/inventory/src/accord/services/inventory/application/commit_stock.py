"""Commit: told by a payment that succeeded, and the confirmation of a wallet order; never refuses."""

import logging
from datetime import datetime

from accord.services.inventory.domain.movement import sale
from accord.services.inventory.domain.repositories import Repositories
from accord.services.inventory.domain.reservation import ReservationStatus

_logger = logging.getLogger(__name__)


async def commit_stock(order_id: str, repositories: Repositories, now: datetime) -> None:
    """Take the reserved pieces out of the house, once; a reservation that has ended stays as it is.

    The refund of an order may overtake its sale: the reservation is then RELEASED, and nothing has to leave.
    """
    if not await repositories.reservations.advance(order_id, ReservationStatus.COMMITTED, now):
        match await repositories.reservations.status(order_id):
            case None:
                _logger.error("order %s was sold, and it has no reservation: nothing was taken", order_id)
            case ReservationStatus.RELEASED:
                _logger.warning("order %s was sold, and its reservation is RELEASED: nothing was taken", order_id)
        return
    for line in await repositories.reservations.lines(order_id):
        await repositories.items.take(line)
        await repositories.movements.add(sale(order_id, line), now)
