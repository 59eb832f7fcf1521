"""The laws of the order service's database, judged, and its orders."""

from collections.abc import Sequence

from accord.ports.money import Money
from accord.ports.unit_of_work import SqlSession
from accord.services.order.application.audit import Law, OrderFact
from accord.services.order.infrastructure.persistence import times
from accord.services.order.infrastructure.persistence.laws import LAWS

# Enough to see what is wrong; a broken law may be broken by every row.
_SHOWN = 20


class SqlAudit:
    """Implements accord.services.order.application.audit.AuditRepository in one open transaction."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def laws(self) -> Sequence[Law]:
        """Return every law of this database."""
        laws = []
        for name, query in LAWS.items():
            result = await self._session.execute(f"{query} limit ?", _SHOWN)
            laws.append(Law(name, [", ".join(str(value) for value in row) for row in result.rows]))
        return laws

    async def facts(self) -> Sequence[OrderFact]:
        """Return every order."""
        result = await self._session.execute(
            "select order_id, status, total, currency, payment_method, gid, close_reason, changed_at, refund_due "
            "from orders order by order_id"
        )
        return [
            OrderFact(
                order_id,
                status,
                Money(total, currency),
                method,
                gid,
                reason,
                times.from_row(changed_at),
                bool(refund_due),
            )
            for order_id, status, total, currency, method, gid, reason, changed_at, refund_due in result.rows
        ]
