"""The ledger_entry table: rows are added, never changed."""

from datetime import datetime

from accord.adapters.sql.times import to_row
from accord.ports.unit_of_work import SqlSession
from accord.services.payment.domain.ledger import Transfer


class SqlLedger:
    """Implements accord.services.payment.domain.repositories.LedgerRepository."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def post(self, transfer: Transfer, now: datetime) -> None:
        """Write the two entries of a transfer."""
        minor = transfer.amount.minor
        for account, amount in ((transfer.source, -minor), (transfer.destination, minor)):
            await self._session.execute(
                "insert into ledger_entry (set_id, account, amount, currency, payment_id, created_at)"
                " values (?, ?, ?, ?, ?, ?)",
                transfer.set_id,
                account,
                amount,
                transfer.amount.currency,
                transfer.payment_id,
                to_row(now),
            )
