"""Judges the laws and lists the facts."""

from collections.abc import Sequence

from accord.ports.money import Money
from accord.ports.unit_of_work import SqlSession
from accord.services.inventory.application.audit_stock import Law, ReservationFact
from accord.services.inventory.infrastructure.persistence.laws import LAWS

# Enough to see what is wrong; a broken law may be broken by every row.
_SHOWN = 20


class SqlAudit:
    """Implements accord.services.inventory.application.audit_stock.AuditRepository in one open transaction."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def laws(self) -> Sequence[Law]:
        """Return every law of this database."""
        laws = []
        for name, query in LAWS.items():
            result = await self._session.execute(f"{query} limit ?", _SHOWN)
            laws.append(Law(name, [", ".join(str(value) for value in row) for row in result.rows]))
        return laws

    async def reservations(self) -> Sequence[ReservationFact]:
        """Return every reservation."""
        result = await self._session.execute(
            "select reservation.order_id, status, coalesce(sum(quantity * unit_price), 0), coalesce(min(currency), '')"
            " from reservation left join reservation_line on reservation_line.order_id = reservation.order_id"
            " group by reservation.order_id, status order by reservation.order_id"
        )
        return [
            ReservationFact(order_id, status, Money(worth, currency))
            for order_id, status, worth, currency in result.rows
        ]
