"""The repositories, one transaction at a time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from accord.ports.unit_of_work import SqlSession, UnitOfWork
from accord.services.order.domain.repositories import Repositories, RepositoriesOf

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Transactions:
    """Gives a use case its repositories; what holds for the work of a UnitOfWork holds for it."""

    unit_of_work: UnitOfWork
    repositories: RepositoriesOf

    async def run(self, use_case: Callable[[Repositories], Awaitable[T]]) -> T:
        """Run the use case and commit."""

        async def work(session: SqlSession) -> T:
            return await use_case(self.repositories(session))

        return await self.unit_of_work.run(work)

    async def read(self, use_case: Callable[[Repositories], Awaitable[T]]) -> T:
        """Run the use case, which only reads, in one snapshot."""

        async def work(session: SqlSession) -> T:
            return await use_case(self.repositories(session))

        return await self.unit_of_work.read(work)
