"""The repositories as dictionaries, with the guards that the use cases build on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from accord.ports.money import Money
from accord.services.inventory.domain.item import Item, Price
from accord.services.inventory.domain.movement import Movement
from accord.services.inventory.domain.repositories import Repositories
from accord.services.inventory.domain.reservation import ENTERED_FROM, Line, Reservation, ReservationStatus


@dataclass
class FakeItems:
    rows: dict[str, Item] = field(default_factory=dict)

    async def find(self, sku: str) -> Item | None:
        return self.rows.get(sku)

    async def find_all(self, skus: Sequence[str]) -> Sequence[Item]:
        return [item for item in self.rows.values() if item.sku in skus]

    async def page(self, behind: str, limit: int) -> Sequence[Item]:
        return [self.rows[sku] for sku in sorted(self.rows) if sku > behind][:limit]

    async def put(self, sku: str, name: str, unit_price: Money) -> None:
        item = self.rows.get(sku, Item(sku, name, Price(unit_price, 1), 0, 0))
        price = item.price if item.price.amount == unit_price else Price(unit_price, item.price.version + 1)
        self.rows[sku] = replace(item, name=name, price=price)

    async def reserve(self, line: Line) -> bool:
        item = self.rows.get(line.sku)
        if item is None or item.price != line.price or item.available < line.quantity:
            return False
        self.rows[line.sku] = replace(item, reserved=item.reserved + line.quantity)
        return True

    async def release(self, line: Line) -> None:
        item = self.rows[line.sku]
        self.rows[line.sku] = replace(item, reserved=item.reserved - line.quantity)

    async def take(self, line: Line) -> None:
        await self.release(line)
        item = self.rows[line.sku]
        self.rows[line.sku] = replace(item, on_hand=item.on_hand - line.quantity)

    async def bring_back(self, line: Line) -> None:
        item = self.rows[line.sku]
        self.rows[line.sku] = replace(item, on_hand=item.on_hand + line.quantity)

    async def adjust(self, sku: str, by: int) -> bool:
        item = self.rows.get(sku)
        if item is None or item.available + by < 0:
            return False
        self.rows[sku] = replace(item, on_hand=item.on_hand + by)
        return True


@dataclass
class FakeMovements:
    rows: dict[str, Movement] = field(default_factory=dict)

    async def add(self, movement: Movement, now: datetime) -> bool:
        return self.rows.setdefault(movement.movement_id, movement) is movement

    async def find(self, movement_id: str) -> Movement | None:
        return self.rows.get(movement_id)


@dataclass
class FakeReservations:
    rows: dict[str, Reservation] = field(default_factory=dict)
    statuses: dict[str, ReservationStatus] = field(default_factory=dict)

    async def add(self, reservation: Reservation, now: datetime) -> bool:
        if reservation.order_id in self.rows:
            return False
        self.rows[reservation.order_id] = reservation
        self.statuses[reservation.order_id] = ReservationStatus.RESERVED
        return True

    async def advance(self, order_id: str, to: ReservationStatus, now: datetime) -> bool:
        if self.statuses.get(order_id) is not ENTERED_FROM[to]:
            return False
        self.statuses[order_id] = to
        return True

    async def status(self, order_id: str) -> ReservationStatus | None:
        return self.statuses.get(order_id)

    async def lines(self, order_id: str) -> Sequence[Line]:
        return self.rows[order_id].lines


@pytest.fixture
def rows() -> Repositories:
    """Ten teas and ten cups, delivered."""
    items = {sku: Item(sku, sku.title(), Price(Money(450, "EUR"), 1), on_hand=10, reserved=0) for sku in ("TEA", "CUP")}
    return Repositories(FakeItems(items), FakeMovements(), FakeReservations())
