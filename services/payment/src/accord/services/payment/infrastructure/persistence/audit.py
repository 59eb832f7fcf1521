"""Judges the laws and lists the facts."""

from collections.abc import Sequence

from accord.ports.unit_of_work import SqlSession
from accord.services.payment.application.audit import Law
from accord.services.payment.domain.payment import Payment
from accord.services.payment.domain.receipt import Receipt
from accord.services.payment.infrastructure.persistence import payments, receipts
from accord.services.payment.infrastructure.persistence.laws import LAWS

# Enough to see what is wrong; a broken law may be broken by every row.
_SHOWN = 20


class SqlAudit:
    """Implements accord.services.payment.application.audit.AuditRepository in one open transaction."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def laws(self) -> Sequence[Law]:
        """Return every law of this database."""
        laws = []
        for name, query in LAWS.items():
            result = await self._session.execute(f"{query} limit ?", _SHOWN)
            laws.append(Law(name, [", ".join(str(value) for value in row) for row in result.rows]))
        return laws

    async def payments(self) -> Sequence[Payment]:
        """Return every payment."""
        result = await self._session.execute(f"select {payments.COLUMNS} from payment order by payment_id")
        return [payments.payment_from_row(row) for row in result.rows]

    async def receipts(self) -> Sequence[Receipt]:
        """Return every receipt."""
        result = await self._session.execute(f"select {receipts.COLUMNS} from receipt order by receipt_id")
        return [receipts.receipt_from_row(row) for row in result.rows]
