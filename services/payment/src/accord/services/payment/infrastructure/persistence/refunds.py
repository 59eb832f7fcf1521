"""The refund table."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accord.adapters.sql.times import to_row
from accord.ports.money import Money
from accord.ports.unit_of_work import SqlSession
from accord.services.payment.domain.refund import Refund, RefundKind, RefundStatus

_COLUMNS = "refund_id, payment_id, receipt_id, kind, amount, currency, status, tries, reason, note"


def _refund_of(row: Sequence[Any]) -> Refund:
    """Build the entity from a row of _COLUMNS."""
    refund_id, payment_id, receipt_id, kind, amount, currency, status, tries, reason, note = row
    money = Money(amount, currency)
    return Refund(refund_id, payment_id, receipt_id, RefundKind(kind), money, RefundStatus(status), tries, reason, note)


class SqlRefunds:
    """Implements accord.services.payment.domain.repositories.RefundRepository."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def add(self, refund: Refund, now: datetime) -> None:
        """Keep a new refund, due at once; a second one under its id, or of its receipt, ends the transaction."""
        await self._session.execute(
            f"insert into refund ({_COLUMNS}, next_try_at, created_at, changed_at)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            refund.refund_id,
            refund.payment_id,
            refund.receipt_id,
            refund.kind.value,
            refund.amount.minor,
            refund.amount.currency,
            refund.status.value,
            refund.tries,
            refund.reason,
            refund.note,
            to_row(now),
            to_row(now),
            to_row(now),
        )

    async def of_payment(self, payment_id: str) -> list[Refund]:
        """Return every refund of a payment."""
        result = await self._session.execute(
            f"select {_COLUMNS} from refund where payment_id = ? order by refund_id", payment_id
        )
        return [_refund_of(row) for row in result.rows]

    async def due(self, now: datetime, limit: int) -> list[Refund]:
        """Return what is pending and to be tried by now, by the index on both."""
        result = await self._session.execute(
            f"select {_COLUMNS} from refund where status = 'PENDING' and next_try_at <= ? order by next_try_at limit ?",
            to_row(now),
            limit,
        )
        return [_refund_of(row) for row in result.rows]

    async def postpone(self, refund: Refund, until: datetime, now: datetime) -> None:
        """Count one try more, unless somebody else did since, or it has ended."""
        await self._session.execute(
            "update refund set tries = tries + 1, next_try_at = ?, changed_at = ?"
            " where refund_id = ? and status = 'PENDING' and tries = ?",
            to_row(until),
            to_row(now),
            refund.refund_id,
            refund.tries,
        )

    async def end(self, refund: Refund, end: RefundStatus, words: str, now: datetime) -> bool:
        """Move the row if it still stands where `refund` was seen."""
        column = "note" if end is RefundStatus.SETTLED else "reason"
        result = await self._session.execute(
            f"update refund set status = ?, {column} = ?, changed_at = ? where refund_id = ? and status = ?",
            end.value,
            words,
            to_row(now),
            refund.refund_id,
            refund.status.value,
        )
        return result.row_count == 1
