"""The top_up table."""

from datetime import datetime

from accord.adapters.sql.times import to_row
from accord.ports.money import Money
from accord.ports.unit_of_work import SqlSession
from accord.services.payment.domain.wallet import TopUp


class SqlTopUps:
    """Implements accord.services.payment.domain.repositories.TopUpRepository."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def add(self, top_up: TopUp, now: datetime) -> bool:
        """Keep a top-up, unless the customer's key is known."""
        result = await self._session.execute(
            "insert into top_up (customer_id, idempotency_key, amount, currency, created_at) values (?, ?, ?, ?, ?)"
            " on conflict (customer_id, idempotency_key) do nothing",
            top_up.customer_id,
            top_up.idempotency_key,
            top_up.amount.minor,
            top_up.amount.currency,
            to_row(now),
        )
        return result.row_count == 1

    async def find(self, customer_id: str, idempotency_key: str) -> TopUp | None:
        """Return the top-up of this key."""
        result = await self._session.execute(
            "select amount, currency from top_up where customer_id = ? and idempotency_key = ?",
            customer_id,
            idempotency_key,
        )
        return TopUp(customer_id, idempotency_key, Money(*result.rows[0])) if result.rows else None
