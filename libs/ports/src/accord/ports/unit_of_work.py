"""Transactions of a service's own database."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

T = TypeVar("T")

# A value that every database keeps: text, whole number, bytes, or nothing. Times are stored as whole microseconds UTC.
Value = str | int | bytes | None

Dialect = Literal["sqlite", "mysql"]


@dataclass(frozen=True, slots=True)
class Result:
    """What one statement gave: its rows, and how many rows it wrote, the same values or others (0 for a query)."""

    rows: Sequence[Sequence[Any]]
    row_count: int


class SqlSession(Protocol):
    """One open transaction.

    SQL is written once: placeholders are `?`, and an insert whose row may be there ends with `on conflict (…) do
    nothing`, which then counts 0 rows. `dialect` is for the few statements that cannot be written once.
    """

    @property
    def dialect(self) -> Dialect:
        """The database's own language."""
        ...

    async def execute(self, sql: str, *values: Value) -> Result:
        """Run one statement in the transaction."""
        ...


class UnitOfWork(Protocol):
    """Runs work in transactions.

    `run` may run `work` again from its beginning after a deadlock or a busy database, each time in a new transaction.
    So work has no effect but on its session, and awaits nothing else. What work raises rolls back and is raised again.
    """

    async def run(self, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        """Run `work` and commit.

        Raises DependencyUnavailable when nothing was committed, DecisionUnknown when the commit's answer was lost.
        """
        ...

    async def read(self, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        """Run `work`, which only reads, in one snapshot."""
        ...

    async def ping(self) -> None:
        """Return when the database answers, else raise DependencyUnavailable."""
        ...

    async def aclose(self) -> None:
        """Close all connections; work under way is finished first."""
        ...
