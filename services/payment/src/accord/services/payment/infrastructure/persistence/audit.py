"""Judges the laws and lists the facts."""

from collections.abc import Sequence

from accord.ports.money import Money
from accord.ports.unit_of_work import SqlSession
from accord.services.payment.application.audit import Law, PaymentFact, ReceiptFact
from accord.services.payment.infrastructure.persistence.laws import LAWS

# Enough to see what is wrong; a broken law may be broken by every row.
_SHOWN = 20


class SqlAudit:
    """Implements accord.services.payment.application.audit.AuditRepository in one open transaction."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def laws(self) -> Sequence[Law]:
        """Return every law of this database."""
        laws = []
        for name, query in LAWS.items():
            result = await self._session.execute(f"{query} limit ?", _SHOWN)
            laws.append(Law(name, [", ".join(str(value) for value in row) for row in result.rows]))
        return laws

    async def payments(self) -> Sequence[PaymentFact]:
        """Return every payment."""
        result = await self._session.execute(
            "select payment_id, order_id, status, amount, currency, method, decided_by from payment order by payment_id"
        )
        return [
            PaymentFact(payment_id, order_id, status, Money(amount, currency), method, decided_by)
            for payment_id, order_id, status, amount, currency, method, decided_by in result.rows
        ]

    async def receipts(self) -> Sequence[ReceiptFact]:
        """Return every receipt."""
        result = await self._session.execute(
            "select receipt_id, payment_id, amount, currency, status from receipt order by receipt_id"
        )
        return [
            ReceiptFact(receipt_id, payment_id, Money(amount, currency), status)
            for receipt_id, payment_id, amount, currency, status in result.rows
        ]
