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
class PaymentFact:
    """One payment as the rows have it: a status that none may have is shown too."""

    payment_id: str
    order_id: str
    status: str
    amount: Money
    method: str
    decided_by: str


@dataclass(frozen=True, slots=True)
class ReceiptFact:
    """One receipt as the rows have it."""

    receipt_id: str
    payment_id: str
    amount: Money
    status: str


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """Everything that one snapshot says."""

    laws: Sequence[Law]
    payments: Sequence[PaymentFact]
    receipts: Sequence[ReceiptFact]


class AuditRepository(Protocol):
    """What the rows say."""

    async def laws(self) -> Sequence[Law]:
        """Return every law of this database."""
        ...

    async def payments(self) -> Sequence[PaymentFact]:
        """Return every payment."""
        ...

    async def receipts(self) -> Sequence[ReceiptFact]:
        """Return every receipt."""
        ...


@dataclass(frozen=True, slots=True)
class Audit:
    """Reads laws and facts."""

    unit_of_work: UnitOfWork
    repository: Callable[[SqlSession], AuditRepository]

    async def __call__(self) -> AuditRecord:
        """Return all of them."""

        async def work(session: SqlSession) -> AuditRecord:
            rows = self.repository(session)
            return AuditRecord(await rows.laws(), await rows.payments(), await rows.receipts())

        return await self.unit_of_work.read(work)
