"""The receipt table."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accord.adapters.sql.times import to_row
from accord.ports.money import Money
from accord.ports.unit_of_work import SqlSession
from accord.services.payment.domain.receipt import Receipt, ReceiptStatus

_COLUMNS = "receipt_id, payment_id, amount, currency, status"


def _receipt_of(row: Sequence[Any]) -> Receipt:
    """Build the value from a row of _COLUMNS."""
    receipt_id, payment_id, amount, currency, status = row
    return Receipt(receipt_id, payment_id, Money(amount, currency), ReceiptStatus(status))


class SqlReceipts:
    """Implements accord.services.payment.domain.repositories.ReceiptRepository."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def add(self, receipt: Receipt, now: datetime) -> bool:
        """Keep a receipt, unless its id is known."""
        result = await self._session.execute(
            f"insert into receipt ({_COLUMNS}, created_at) values (?, ?, ?, ?, ?, ?)"
            " on conflict (receipt_id) do nothing",
            receipt.receipt_id,
            receipt.payment_id,
            receipt.amount.minor,
            receipt.amount.currency,
            receipt.status.value,
            to_row(now),
        )
        return result.row_count == 1

    async def find(self, receipt_id: str) -> Receipt | None:
        """Return the receipt of this id."""
        result = await self._session.execute(f"select {_COLUMNS} from receipt where receipt_id = ?", receipt_id)
        return _receipt_of(result.rows[0]) if result.rows else None

    async def applied_to(self, payment_id: str) -> Receipt | None:
        """Return the receipt that paid for this payment."""
        result = await self._session.execute(
            f"select {_COLUMNS} from receipt where payment_id = ? and status = 'APPLIED'", payment_id
        )
        return _receipt_of(result.rows[0]) if result.rows else None

    async def mark(self, receipt_id: str, status: ReceiptStatus) -> None:
        """Set a receipt's status."""
        await self._session.execute("update receipt set status = ? where receipt_id = ?", status.value, receipt_id)
