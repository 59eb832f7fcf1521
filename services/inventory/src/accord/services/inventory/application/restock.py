"""Restock: told by a refund; never refuses."""

from datetime import datetime

from accord.services.inventory.application.release_stock import release_stock
from accord.services.inventory.domain.movement import return_of
from accord.services.inventory.domain.repositories import Repositories
from accord.services.inventory.domain.reservation import ReservationStatus


async def restock(order_id: str, repositories: Repositories, now: datetime) -> None:
    """Take sold pieces into the house again, or free those that are still kept, once.

    A reservation that has ended otherwise, or never was, stays as it is.
    """
    if not await repositories.reservations.advance(order_id, ReservationStatus.RETURNED, now):
        # Told before the sale was.
        await release_stock(order_id, repositories, now)
        return
    for line in await repositories.reservations.lines(order_id):
        await repositories.items.bring_back(line)
        await repositories.movements.add(return_of(order_id, line), now)
