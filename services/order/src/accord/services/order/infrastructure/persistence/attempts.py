"""The attempts."""

from accord.ports.flow import FrozenFlow
from accord.ports.unit_of_work import Result, SqlSession
from accord.services.order.domain.attempt import Attempt, AttemptOutcome
from accord.services.order.infrastructure.persistence import draft, times

_COLUMNS = "caller, idempotency_key, request_hash, gid, order_id, draft, content, created_at, outcome, reason"


class SqlAttempts:
    """Implements accord.services.order.domain.repositories.AttemptRepository in one open transaction."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def add(self, attempt: Attempt) -> bool:
        """Insert the attempt; False, and nothing changed, if this customer used the key before."""
        result = await self._session.execute(
            f"insert into attempt ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "on conflict (caller, idempotency_key) do nothing",
            attempt.customer_id,
            attempt.idempotency_key,
            attempt.request_digest,
            attempt.flow.gid,
            attempt.order.order_id,
            draft.to_row(attempt.order),
            attempt.flow.content,
            times.to_row(attempt.created_at),
            attempt.outcome,
            attempt.reason,
        )
        return result.row_count == 1

    async def find(self, customer_id: str, idempotency_key: str) -> Attempt | None:
        """Return the attempt, None if there is none."""
        return _attempt(
            await self._session.execute(
                f"select {_COLUMNS} from attempt where caller = ? and idempotency_key = ?", customer_id, idempotency_key
            )
        )

    async def find_by_order(self, order_id: str) -> Attempt | None:
        """Return the attempt that placed the order, None if there is none."""
        return _attempt(await self._session.execute(f"select {_COLUMNS} from attempt where order_id = ?", order_id))

    async def conclude(self, order_id: str, outcome: AttemptOutcome, reason: str) -> None:
        """Write the outcome where there is none, and the reason where that is missing."""
        await self._session.execute(
            "update attempt set outcome = ?, reason = case when reason = '' then ? else reason end "
            "where order_id = ? and (outcome is null or outcome = ?)",
            outcome,
            reason,
            order_id,
            outcome,
        )


def _attempt(result: Result) -> Attempt | None:
    if not result.rows:
        return None
    caller, key, request_hash, gid, _, order, content, created_at, outcome, reason = result.rows[0]
    return Attempt(
        customer_id=caller,
        idempotency_key=key,
        request_digest=request_hash,
        order=draft.from_row(order),
        flow=FrozenFlow(gid, bytes(content)),
        created_at=times.from_row(created_at),
        outcome=AttemptOutcome(outcome) if outcome else None,
        reason=reason,
    )
