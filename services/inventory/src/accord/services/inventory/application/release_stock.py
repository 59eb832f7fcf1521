"""Release: the undo of Reserve, and told by a payment that will never come; never refuses."""

from datetime import datetime

from accord.services.inventory.domain.repositories import Repositories
from accord.services.inventory.domain.reservation import ReservationStatus


async def release_stock(order_id: str, repositories: Repositories, now: datetime) -> None:
    """Give the reserved pieces back, once; a reservation that has ended, or never was, stays as it is."""
    if not await repositories.reservations.advance(order_id, ReservationStatus.RELEASED, now):
        return
    for line in await repositories.reservations.lines(order_id):
        await repositories.items.release(line)
