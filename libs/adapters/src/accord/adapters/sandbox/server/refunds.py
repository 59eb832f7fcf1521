"""The provider's refunds: each decided when it is first asked for, and answered the same way ever after."""

from dataclasses import dataclass

from accord.adapters.sandbox.errors import RefundDiffers, UnknownRefund
from accord.adapters.sandbox.server.book import Book
from accord.adapters.sandbox.server.requests import Behaviour, RefundRequest

_SLOW = 2


@dataclass(frozen=True, slots=True)
class Refund:
    """How a refund stands; `reason` is why it was refused."""

    status: str
    reason: str


class Refunds:
    """Written into the book; `behaviour` is what becomes of the next ones."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self.behaviour = Behaviour()

    def ask(self, wanted: RefundRequest) -> Refund:
        """Begin a refund, or say how it stands; raises RefundDiffers when the id is known for something else."""
        terms = (wanted.receipt_id, wanted.amount_minor, wanted.currency)
        with self._book.transaction():
            known = self._book.database.execute(
                "select receipt_id, amount, currency from refund where refund_id = ?", (wanted.refund_id,)
            ).fetchone()
            if known is None:
                pending = _SLOW if self.behaviour.refunds == "slow" else 0
                self._book.database.execute(
                    "insert into refund (refund_id, receipt_id, amount, currency, pending, reason)"
                    " values (?, ?, ?, ?, ?, ?)",
                    (wanted.refund_id, *terms, pending, self._refusal(wanted)),
                )
            elif known != terms:
                raise RefundDiffers(f"refund {wanted.refund_id} is of {known}, not of {terms}")
            return self._answer(wanted.refund_id)

    def show(self, refund_id: str) -> Refund:
        """Say how a refund stands, which asks as well; raises UnknownRefund."""
        with self._book.transaction():
            return self._answer(refund_id)

    def _refusal(self, wanted: RefundRequest) -> str:
        row = self._book.database.execute(
            "select amount - (select coalesce(sum(amount), 0) from refund"
            " where refund.receipt_id = charge.receipt_id and reason = '')"
            " from charge where receipt_id = ? and currency = ?",
            (wanted.receipt_id, wanted.currency),
        ).fetchone()
        if row is None:
            return "UNKNOWN_RECEIPT"
        if row[0] < wanted.amount_minor:
            return "MORE_THAN_TAKEN"
        return "BY_BEHAVIOUR" if self.behaviour.refunds == "refuse" else ""

    def _answer(self, refund_id: str) -> Refund:
        row = self._book.database.execute(
            "select pending, reason from refund where refund_id = ?", (refund_id,)
        ).fetchone()
        if row is None:
            raise UnknownRefund(f"no refund {refund_id}")
        pending, reason = row
        if reason:
            return Refund("refused", reason)
        if not pending:
            return Refund("done", "")
        self._book.database.execute("update refund set pending = pending - 1 where refund_id = ?", (refund_id,))
        return Refund("pending", "")
