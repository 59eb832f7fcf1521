"""What the use cases need kept; each method is part of the transaction that its repository was made for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accord.ports.money import Money
from accord.ports.unit_of_work import SqlSession
from accord.services.inventory.domain.item import Item
from accord.services.inventory.domain.movement import Movement
from accord.services.inventory.domain.reservation import Line, Reservation, ReservationStatus


class ItemRepository(Protocol):
    """The items. Methods that return a bool change nothing when they return False."""

    async def find(self, sku: str) -> Item | None:
        """Return the item, None if there is none."""
        ...

    async def find_all(self, skus: Sequence[str]) -> Sequence[Item]:
        """Return those of the items that there are, in no order."""
        ...

    async def page(self, behind: str, limit: int) -> Sequence[Item]:
        """Return up to `limit` items by sku, those behind the given one; all are behind an empty one."""
        ...

    async def put(self, sku: str, name: str, unit_price: Money) -> None:
        """Add the item, or give it its name and price; another price has the next version."""
        ...

    async def reserve(self, line: Line) -> bool:
        """Keep pieces; False if the item is unknown, has another price, or too few are available."""
        ...

    async def release(self, line: Line) -> None:
        """Keep the pieces no longer."""
        ...

    async def take(self, line: Line) -> None:
        """Take the pieces that were kept out of the house."""
        ...

    async def bring_back(self, line: Line) -> None:
        """Take pieces that were sold into the house again."""
        ...

    async def adjust(self, sku: str, by: int) -> bool:
        """Change what is on hand; False if the item is unknown, or less would be left than is kept."""
        ...


class MovementRepository(Protocol):
    """The movements; only ever added to."""

    async def add(self, movement: Movement, now: datetime) -> bool:
        """Write the movement down; False, and nothing changed, if its id is known."""
        ...

    async def find(self, movement_id: str) -> Movement | None:
        """Return the movement, None if there is none."""
        ...


class ReservationRepository(Protocol):
    """The reservations, one an order."""

    async def add(self, reservation: Reservation, now: datetime) -> bool:
        """Write the reservation down as RESERVED; False, and nothing changed, if the order has one."""
        ...

    async def advance(self, order_id: str, to: ReservationStatus, now: datetime) -> bool:
        """Move the reservation if `ENTERED_FROM` allows it; False, and nothing changed, if not."""
        ...

    async def status(self, order_id: str) -> ReservationStatus | None:
        """Return where the reservation stands, None if there is none."""
        ...

    async def lines(self, order_id: str) -> Sequence[Line]:
        """Return what was reserved, by sku."""
        ...


@dataclass(frozen=True, slots=True)
class Repositories:
    """All of them, over one transaction."""

    items: ItemRepository
    movements: MovementRepository
    reservations: ReservationRepository


RepositoriesOf = Callable[[SqlSession], Repositories]
