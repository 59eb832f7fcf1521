"""The closed set of ways in which a call for a global transaction can end.

``match`` over ``Outcome`` is exhaustive; no outcome is guessed from a status code alone.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Submitted:
    """Stored; the manager runs it. What a call without ``wait`` ends with."""


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Every branch is done."""


@dataclass(frozen=True, slots=True)
class RollingBack:
    """Undoing is decided and still going on. ``reason`` is empty where the manager did not tell it."""

    reason: str


@dataclass(frozen=True, slots=True)
class RolledBack:
    """Everything is undone. ``reason`` is what the refusing branch said, empty where the manager did not tell it."""

    reason: str


@dataclass(frozen=True, slots=True)
class StillRunning:
    """Stored and not final; the manager goes on by itself. ``cause`` says what it was waiting for when it answered."""

    cause: str


@dataclass(frozen=True, slots=True)
class NotStored:
    """The manager holds nothing of this gid, or certainly refused to: nothing has run and nothing will."""

    reason: str


Outcome = Submitted | Succeeded | RollingBack | RolledBack | StillRunning | NotStored
