"""Reserve: a step of placing an order, which may refuse."""

from datetime import datetime

from accord.services.inventory.domain.errors import Refusal
from accord.services.inventory.domain.repositories import Repositories
from accord.services.inventory.domain.reservation import Reservation


async def reserve_stock(reservation: Reservation, repositories: Repositories, now: datetime) -> None:
    """Keep all the lines for the order, at the prices that it was quoted.

    Raises Refusal, to be rolled back with the lines before it: ALREADY_RESERVED, UNKNOWN_ITEM, PRICE_CHANGED,
    OUT_OF_STOCK.
    """
    if not await repositories.reservations.add(reservation, now):
        raise Refusal("ALREADY_RESERVED", f"order {reservation.order_id} has a reservation")
    for line in reservation.lines:
        if not await repositories.items.reserve(line):
            raise line.refusal(await repositories.items.find(line.sku))
