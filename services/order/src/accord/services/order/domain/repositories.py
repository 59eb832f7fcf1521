"""What the use cases need of the rows; each method is part of the transaction that its repository was made for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accord.ports.unit_of_work import SqlSession
from accord.services.order.domain.attempt import Attempt, AttemptOutcome
from accord.services.order.domain.order import Order, OrderStatus


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the list of orders, newest first: behind this one."""

    created_at: datetime
    order_id: str


class OrderRepository(Protocol):
    """The orders."""

    async def add(self, order: Order) -> None:
        """Insert the order and its lines."""
        ...

    async def find(self, order_id: str) -> Order | None:
        """Return the order, None if there is no row."""
        ...

    async def page(
        self, customer_id: str, status: OrderStatus | None, behind: Position | None, limit: int
    ) -> Sequence[Order]:
        """Return up to `limit` orders, newest first; an empty customer and no status leave all in."""
        ...

    async def count_unpaid(self, customer_id: str) -> int:
        """Return how many orders of the customer are not paid and not closed."""
        ...

    async def advance(self, order_id: str, to: OrderStatus, at: datetime, close_reason: str = "") -> bool:
        """Move the order if `ENTERED_FROM` allows it, after which no refund is due; False if not, nothing changed."""
        ...

    async def mark_refund_due(self, order_id: str, at: datetime) -> bool:
        """Remember that a closed order was paid; False, and nothing changed, if it is not closed or it was known."""
        ...

    async def refunds_due(self, limit: int) -> Sequence[Order]:
        """Return up to `limit` orders that are closed and were paid, those first that wait the longest."""
        ...

    async def refund_requested(self, order_id: str) -> None:
        """Forget that a refund was due: payment has answered."""
        ...

    async def explain(self, order_id: str, close_reason: str) -> None:
        """Give a closed order its reason where it has none."""
        ...


class AttemptRepository(Protocol):
    """The attempts."""

    async def add(self, attempt: Attempt) -> bool:
        """Insert the attempt; False, and nothing changed, if this customer used the key before."""
        ...

    async def find(self, customer_id: str, idempotency_key: str) -> Attempt | None:
        """Return the attempt, None if there is none."""
        ...

    async def find_by_order(self, order_id: str) -> Attempt | None:
        """Return the attempt that placed the order, None if there is none."""
        ...

    async def conclude(self, order_id: str, outcome: AttemptOutcome, reason: str) -> None:
        """Write the outcome where there is none, and the reason where that is missing."""
        ...


@dataclass(frozen=True, slots=True)
class Repositories:
    """All that one transaction needs."""

    orders: OrderRepository
    attempts: AttemptRepository


RepositoriesOf = Callable[[SqlSession], Repositories]
