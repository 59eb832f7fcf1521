"""Transactions in memory: for simulations and tests."""

from collections.abc import Iterable
from dataclasses import replace

from dtm_client.coordinator.machine.transaction import Round, Transaction
from dtm_client.coordinator.store import Page, Selection

_NO_ROUND = Round(0.0)


class MemoryStore:
    """Keeps transactions as long as the object lives; hand it to a second runner and that is a restart."""

    def __init__(self) -> None:
        self._transactions: dict[str, Transaction] = {}

    def write(self, transactions: Iterable[Transaction]) -> None:
        """Store the states of these transactions."""
        self._transactions.update({one.gid: replace(one, round=_NO_ROUND) for one in transactions})

    def find(self, gid: str) -> Transaction | None:
        """Return what was last written of a gid."""
        return self._transactions.get(gid)

    def unfinished(self) -> list[Transaction]:
        """Return every transaction that is not final, the oldest first."""
        return [one for one in self._transactions.values() if not one.status.final]

    def page(self, selection: Selection) -> Page:
        """Return one page of what was written; a position is one more than the number of older transactions."""
        numbered = list(enumerate(self._transactions.values(), start=1))
        found = [
            (number, one)
            for number, one in reversed(numbered)
            if (not selection.position or number < selection.position) and _selected(one, selection)
        ]
        shown = found[: selection.limit]
        return Page([one for _, one in shown], shown[-1][0] if len(found) > len(shown) > 0 else 0)

    def close(self) -> None:
        """Nothing is held."""


def _selected(one: Transaction, selection: Selection) -> bool:
    return (
        (selection.status is None or one.status is selection.status)
        and (selection.mode is None or one.mode is selection.mode)
        and (selection.created_from is None or one.created >= selection.created_from)
        and (selection.created_to is None or one.created <= selection.created_to)
    )
