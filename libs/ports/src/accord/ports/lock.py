"""A lock between processes, for efficiency: safety is always a guarded row, and the fencing token helps to see why."""

from asyncio import Event
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class FencingToken:
    """Grows with every hold of one name.

    Only tokens of the same source, which is one incarnation of a lock service, can be compared.
    """

    source: str
    value: int


class Hold(Protocol):
    """One holding of a lock."""

    @property
    def token(self) -> FencingToken:
        """The fencing token of this hold."""
        ...

    @property
    def lost(self) -> Event:
        """Set before the lock service can give the lock to somebody else, never by a release."""
        ...

    async def release(self) -> None:
        """Give the lock up; a second call, or one after a loss, does nothing."""
        ...


class DistributedLock(Protocol):
    """Mutual exclusion by name, first come, first served, renewed until released."""

    async def try_acquire(self, name: str) -> Hold | None:
        """Return a hold if the lock is free now, else None."""
        ...

    async def acquire(self, name: str, within: float) -> Hold:
        """Wait for the lock for `within` seconds, else raise LockNotAcquired; a cancelled wait leaves no trace."""
        ...

    async def ping(self) -> None:
        """Return when the lock service answers, else raise DependencyUnavailable."""
        ...

    async def aclose(self) -> None:
        """Let go of everything still held."""
        ...
