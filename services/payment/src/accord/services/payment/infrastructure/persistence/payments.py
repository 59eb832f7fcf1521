"""The payment table. Its guarded UPDATEs are what decides; whoever changes no row was not first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from accord.adapters.sql.times import from_row, to_row
from accord.ports.lock import FencingToken
from accord.ports.money import Money
from accord.ports.provider import CheckoutSession
from accord.ports.unit_of_work import SqlSession
from accord.services.payment.domain.payment import Method, Payment, Status
from accord.services.payment.domain.repositories import Decision

_COLUMNS = (
    "payment_id, order_id, customer_id, method, status, amount, currency, expires_at, decided_by,"
    " checkout_id, checkout_url, fence_source, fence_token"
)
# Bound to (source, source, value). No token, no fence; tokens of another source cannot be compared and are accepted.
_FENCED = "(? is null or fence_source is null or fence_source <> ? or fence_token <= ?)"


def _payment_of(row: Sequence[Any]) -> Payment:
    """Build the entity from a row of _COLUMNS."""
    payment_id, order_id, customer_id, method, status, amount, currency, expires_at, decided_by, *rest = row
    checkout_id, checkout_url, fence_source, fence_token = rest
    return Payment(
        payment_id,
        order_id,
        customer_id,
        Method(method),
        Status(status),
        Money(amount, currency),
        expires_at=None if expires_at is None else from_row(expires_at),
        decided_by=decided_by,
        checkout=None if checkout_id is None else CheckoutSession(checkout_id, checkout_url),
        fence=None if fence_source is None else FencingToken(fence_source, fence_token),
    )


class SqlPayments:
    """Implements accord.services.payment.domain.repositories.PaymentRepository."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def add(self, payment: Payment, now: datetime) -> bool:
        """Keep a new payment, unless its id or its order has one."""
        result = await self._session.execute(
            "insert into payment (payment_id, order_id, customer_id, method, status, amount, currency, expires_at,"
            " decided_by, created_at, changed_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " on conflict do nothing",
            payment.payment_id,
            payment.order_id,
            payment.customer_id,
            payment.method.value,
            payment.status.value,
            payment.amount.minor,
            payment.amount.currency,
            None if payment.expires_at is None else to_row(payment.expires_at),
            payment.decided_by,
            to_row(now),
            to_row(now),
        )
        return result.row_count == 1

    async def find(self, payment_id: str) -> Payment | None:
        """Return the payment of this id."""
        return await self._one(f"select {_COLUMNS} from payment where payment_id = ?", payment_id)

    async def find_by_order(self, order_id: str) -> Payment | None:
        """Return the payment of this order."""
        return await self._one(f"select {_COLUMNS} from payment where order_id = ?", order_id)

    async def due(self, now: datetime, limit: int) -> list[Payment]:
        """Return what is pending at the end of its window, by the index on both."""
        result = await self._session.execute(
            f"select {_COLUMNS} from payment where status = 'PENDING' and expires_at <= ? order by expires_at limit ?",
            to_row(now),
            limit,
        )
        return [_payment_of(row) for row in result.rows]

    async def decide(self, decision: Decision, now: datetime) -> bool:
        """Move the row if it still stands at `before` and the token is not stale."""
        source, value = _columns_of(decision.token)
        result = await self._session.execute(
            "update payment set status = ?, decided_by = ?, changed_at = ?,"
            " fence_source = coalesce(?, fence_source), fence_token = coalesce(?, fence_token)"
            f" where payment_id = ? and status = ? and {_FENCED}",
            decision.after.value,
            decision.decided_by,
            to_row(now),
            source,
            value,
            decision.payment_id,
            decision.before.value,
            source,
            source,
            value,
        )
        return result.row_count == 1

    async def keep_checkout(
        self, payment_id: str, checkout: CheckoutSession, token: FencingToken | None, now: datetime
    ) -> bool:
        """Keep the provider's session if there is none and the token is not stale."""
        source, value = _columns_of(token)
        result = await self._session.execute(
            "update payment set checkout_id = ?, checkout_url = ?, changed_at = ?,"
            " fence_source = coalesce(?, fence_source), fence_token = coalesce(?, fence_token)"
            f" where payment_id = ? and checkout_id is null and {_FENCED}",
            checkout.checkout_id,
            checkout.url,
            to_row(now),
            source,
            value,
            payment_id,
            source,
            source,
            value,
        )
        return result.row_count == 1

    async def _one(self, sql: str, key: str) -> Payment | None:
        rows = (await self._session.execute(sql, key)).rows
        return _payment_of(rows[0]) if rows else None


def _columns_of(token: FencingToken | None) -> tuple[str | None, int | None]:
    return (None, None) if token is None else (token.source, token.value)
