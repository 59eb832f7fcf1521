"""The stock_movement table."""

from datetime import datetime

from accord.adapters.sql import times
from accord.ports.unit_of_work import SqlSession
from accord.services.inventory.domain.movement import Movement, MovementKind


class SqlMovements:
    """Implements accord.services.inventory.domain.repositories.MovementRepository in one open transaction."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def add(self, movement: Movement, now: datetime) -> bool:
        """Write the movement down; False, and nothing changed, if its id is known."""
        result = await self._session.execute(
            "insert into stock_movement (movement_id, sku, delta, kind, created_at) values (?, ?, ?, ?, ?)"
            " on conflict (movement_id) do nothing",
            movement.movement_id,
            movement.sku,
            movement.delta,
            movement.kind,
            times.to_row(now),
        )
        return result.row_count == 1

    async def find(self, movement_id: str) -> Movement | None:
        """Return the movement, None if there is none."""
        result = await self._session.execute(
            "select sku, delta, kind from stock_movement where movement_id = ?", movement_id
        )
        for sku, delta, kind in result.rows:
            return Movement(movement_id, sku, delta, MovementKind(kind))
        return None
