"""The attempts and the orders, each step in a transaction of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from accord.services.order.application.transactions import Transactions
from accord.services.order.domain.attempt import Attempt, AttemptOutcome
from accord.services.order.domain.errors import OrderNotFound
from accord.services.order.domain.order import Order
from accord.services.order.domain.order_request import OrderRequest
from accord.services.order.domain.repositories import Repositories


@dataclass(frozen=True, slots=True)
class Journal:
    """What was asked for, what became of it, and how an order stands."""

    database: Transactions

    async def attempt(self, request: OrderRequest) -> Attempt | None:
        """Return the attempt of an earlier request with the same key."""
        return await self.database.read(lambda rows: rows.attempts.find(request.customer_id, request.idempotency_key))

    async def begin(self, attempt: Attempt) -> Attempt | None:
        """Commit the attempt; if a request with the same key was faster, change nothing and return that one's.

        A commit whose answer was lost may look as if somebody had been faster: who is told so asks before sending.
        """

        async def work(rows: Repositories) -> Attempt | None:
            if await rows.attempts.add(attempt):
                return None
            faster = await rows.attempts.find(attempt.customer_id, attempt.idempotency_key)
            assert faster is not None
            return faster

        return await self.database.run(work)

    async def conclude(self, order_id: str, outcome: AttemptOutcome, reason: str = "") -> None:
        """Commit how the attempt ended; a rollback's reason goes to the closed order too, since no undo is told it."""

        async def work(rows: Repositories) -> None:
            await rows.attempts.conclude(order_id, outcome, reason)
            if reason:
                await rows.orders.explain(order_id, reason)

        await self.database.run(work)

    async def refunds_due(self, limit: int) -> Sequence[Order]:
        """Return up to `limit` orders that are closed and were paid, those first that wait the longest."""
        return await self.database.read(lambda rows: rows.orders.refunds_due(limit))

    async def refund_requested(self, order_id: str) -> None:
        """Commit that payment has answered to the refund of an order."""
        await self.database.run(lambda rows: rows.orders.refund_requested(order_id))

    async def order(self, order_id: str) -> Order:
        """Return the order as its row says, else as its attempt does; raise OrderNotFound if there is neither."""

        async def work(rows: Repositories) -> Order:
            if (order := await rows.orders.find(order_id)) is not None:
                return order
            if (attempt := await rows.attempts.find_by_order(order_id)) is not None:
                return attempt.as_order()
            raise OrderNotFound(order_id)

        return await self.database.read(work)
