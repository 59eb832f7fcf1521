"""Taking turns, for efficiency only."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from accord.ports.errors import DependencyUnavailable, LockNotAcquired
from accord.ports.lock import DistributedLock

_WITHIN = 10.0

_logger = logging.getLogger(__name__)


@asynccontextmanager
async def turn(lock: DistributedLock, name: str) -> AsyncIterator[None]:
    """Hold the lock, or go on without it after 10 s or when the lock service is down.

    What is done in turn must be right without the lock too.
    """
    try:
        hold = await lock.acquire(name, _WITHIN)
    except (LockNotAcquired, DependencyUnavailable) as error:
        _logger.warning("going on without the lock %s: %s", name, error)
        yield
        return
    try:
        yield
    finally:
        await hold.release()
