"""Where transactions are kept: one port, two stores."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from dtm_client.coordinator.machine.transaction import Transaction
from dtm_client.values.status import Mode, Status


@dataclass(frozen=True, slots=True)
class Selection:
    """Which transactions a page shows: those stored before ``position`` (0: from the newest), at most ``limit``.

    ``created_from`` and ``created_to`` are seconds since the epoch, both inclusive.
    """

    limit: int
    position: int = 0
    status: Status | None = None
    mode: Mode | None = None
    created_from: float | None = None
    created_to: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Transactions, newest first; ``next_position`` continues after them, 0 when there are no more."""

    transactions: Sequence[Transaction]
    next_position: int


class Store(Protocol):
    """Keeps every transaction for ever. What it returns has no round: nobody is being called."""

    def write(self, transactions: Iterable[Transaction]) -> None:
        """Store the states of these transactions, all or none; they survive the process once this returns."""

    def find(self, gid: str) -> Transaction | None:
        """Return what was last written of a gid, which is compared byte by byte."""

    def unfinished(self) -> list[Transaction]:
        """Return every transaction that is not final, the oldest first."""

    def page(self, selection: Selection) -> Page:
        """Return one page of what was written."""

    def close(self) -> None:
        """Let go of the files. Nothing may be called after it."""
