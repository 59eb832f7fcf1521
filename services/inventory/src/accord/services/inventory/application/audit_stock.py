"""The laws of this database, judged, and its facts for comparison with the other services; all of one snapshot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from accord.ports.money import Money
from accord.ports.unit_of_work import SqlSession, UnitOfWork


@dataclass(frozen=True, slots=True)
class Law:
    """Something that must hold at every moment; `violations` are the rows that say otherwise."""

    name: str
    violations: Sequence[str]


@dataclass(frozen=True, slots=True)
class ReservationFact:
    """One reservation as the rows have it: a status that none may have is shown too."""

    order_id: str
    status: str
    worth: Money


@dataclass(frozen=True, slots=True)
class StockAudit:
    """Everything that one snapshot says."""

    laws: Sequence[Law]
    reservations: Sequence[ReservationFact]


class AuditRepository(Protocol):
    """What the rows say."""

    async def laws(self) -> Sequence[Law]:
        """Return every law of this database."""
        ...

    async def reservations(self) -> Sequence[ReservationFact]:
        """Return every reservation."""
        ...


AuditRepositoryOf = Callable[[SqlSession], AuditRepository]


async def audit_stock(unit_of_work: UnitOfWork, repository: AuditRepositoryOf) -> StockAudit:
    """Return laws and facts."""

    async def work(session: SqlSession) -> StockAudit:
        rows = repository(session)
        return StockAudit(await rows.laws(), await rows.reservations())

    return await unit_of_work.read(work)
