"""The laws of this database, judged, and its facts for comparison with the other services; all of one snapshot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accord.ports.money import Money
from accord.ports.unit_of_work import SqlSession, UnitOfWork


@dataclass(frozen=True, slots=True)
class Law:
    """Something that must hold at every moment; `violations` are the rows that say otherwise."""

    name: str
    violations: Sequence[str]


@dataclass(frozen=True, slots=True)
class OrderFact:
    """One order as the row has it: a status that no order may have is shown too."""

    order_id: str
    status: str
    total: Money
    payment_method: str
    gid: str
    close_reason: str
    changed_at: datetime
    refund_due: bool


class AuditRepository(Protocol):
    """What the rows say."""

    async def laws(self) -> Sequence[Law]:
        """Return every law of this database."""
        ...

    async def facts(self) -> Sequence[OrderFact]:
        """Return every order."""
        ...


@dataclass(frozen=True, slots=True)
class Audit:
    """Reads laws and facts."""

    unit_of_work: UnitOfWork
    repository: Callable[[SqlSession], AuditRepository]

    async def __call__(self) -> tuple[Sequence[Law], Sequence[OrderFact]]:
        """Return both."""

        async def work(session: SqlSession) -> tuple[Sequence[Law], Sequence[OrderFact]]:
            rows = self.repository(session)
            return await rows.laws(), await rows.facts()

        return await self.unit_of_work.read(work)
