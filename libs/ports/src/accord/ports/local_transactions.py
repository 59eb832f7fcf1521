"""Use cases over a service's own repositories, one transaction at a time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from accord.ports.unit_of_work import SqlSession, UnitOfWork

R = TypeVar("R")
T = TypeVar("T")


# No slots: a call of `LocalTransactions[Rows]` notes its parameter on the new object, which slots would refuse.
@dataclass(frozen=True)
class LocalTransactions(Generic[R]):
    """Gives a use case its repositories `R`; what holds for the work of a UnitOfWork holds for it."""

    unit_of_work: UnitOfWork
    repositories: Callable[[SqlSession], R]

    async def run(self, use_case: Callable[[R], Awaitable[T]]) -> T:
        """Run the use case and commit."""
        return await self.unit_of_work.run(self.within(use_case))

    async def read(self, use_case: Callable[[R], Awaitable[T]]) -> T:
        """Run the use case, which only reads, in one snapshot."""
        return await self.unit_of_work.read(self.within(use_case))

    def within(self, use_case: Callable[[R], Awaitable[T]]) -> Callable[[SqlSession], Awaitable[T]]:
        """Return the use case as the work of a transaction that somebody else runs."""

        async def work(session: SqlSession) -> T:
            return await use_case(self.repositories(session))

        return work
