"""The reservation and reservation_line tables."""

from collections.abc import Sequence
from datetime import datetime

from accord.adapters.sql import times
from accord.ports.money import Money
from accord.ports.unit_of_work import SqlSession
from accord.services.inventory.domain.item import Price
from accord.services.inventory.domain.reservation import ENTERED_FROM, Line, Reservation, ReservationStatus

_LINE = "sku, quantity, unit_price, currency, price_version"


class SqlReservations:
    """Implements accord.services.inventory.domain.repositories.ReservationRepository in one open transaction."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def add(self, reservation: Reservation, now: datetime) -> bool:
        """Write the reservation down as RESERVED; False, and nothing changed, if the order has one."""
        at = times.to_row(now)
        result = await self._session.execute(
            "insert into reservation (order_id, status, created_at, changed_at) values (?, ?, ?, ?)"
            " on conflict (order_id) do nothing",
            reservation.order_id,
            ReservationStatus.RESERVED,
            at,
            at,
        )
        if result.row_count == 0:
            return False
        for line in reservation.lines:
            await self._session.execute(
                f"insert into reservation_line (order_id, {_LINE}) values (?, ?, ?, ?, ?, ?)",
                reservation.order_id,
                line.sku,
                line.quantity,
                line.price.amount.minor,
                line.price.amount.currency,
                line.price.version,
            )
        return True

    async def advance(self, order_id: str, to: ReservationStatus, now: datetime) -> bool:
        """Move the reservation if `ENTERED_FROM` allows it; False, and nothing changed, if not."""
        result = await self._session.execute(
            "update reservation set status = ?, changed_at = ? where order_id = ? and status = ?",
            to,
            times.to_row(now),
            order_id,
            ENTERED_FROM[to],
        )
        return result.row_count == 1

    async def status(self, order_id: str) -> ReservationStatus | None:
        """Return where the reservation stands, None if there is none."""
        result = await self._session.execute("select status from reservation where order_id = ?", order_id)
        return ReservationStatus(result.rows[0][0]) if result.rows else None

    async def lines(self, order_id: str) -> Sequence[Line]:
        """Return what was reserved, by sku."""
        result = await self._session.execute(
            f"select {_LINE} from reservation_line where order_id = ? order by sku", order_id
        )
        return [
            Line(sku, quantity, Price(Money(unit_price, currency), price_version))
            for sku, quantity, unit_price, currency, price_version in result.rows
        ]
