"""Waiting for a busy database without blocking the event loop."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from accord.adapters.sqlite.faults import is_busy, unavailable
from accord.ports.errors import DependencyUnavailable

T = TypeVar("T")

# Shorter than any deadline of a branch call, so that the branch itself says that it could not.
PATIENCE = 2.0
_FIRST_PAUSE = 0.001
_LONGEST_PAUSE = 0.05


class Patience:
    """The time that one transaction may wait, for its turn and for a lock of another process together."""

    def __init__(self, jitter: Callable[[], float]) -> None:
        self._jitter = jitter
        self._end = asyncio.get_running_loop().time() + PATIENCE

    @asynccontextmanager
    async def turn(self, lock: asyncio.Lock) -> AsyncIterator[None]:
        """Hold the lock; raise DependencyUnavailable when the turn did not come in time."""
        try:
            async with asyncio.timeout_at(self._end):
                await lock.acquire()
        except TimeoutError:
            raise DependencyUnavailable("database", f"no turn within {PATIENCE} s") from None
        try:
            yield
        finally:
            lock.release()

    async def retry(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Return what `attempt` returns, calling it again while another connection holds the lock."""
        pause = _FIRST_PAUSE
        while True:
            try:
                return await attempt()
            except sqlite3.Error as error:
                if not is_busy(error):
                    raise unavailable(error) or error from error
                if asyncio.get_running_loop().time() + pause > self._end:
                    raise DependencyUnavailable("database", f"busy for {PATIENCE} s") from error
            await asyncio.sleep(pause * (0.5 + 0.5 * self._jitter()))
            pause = min(2 * pause, _LONGEST_PAUSE)
