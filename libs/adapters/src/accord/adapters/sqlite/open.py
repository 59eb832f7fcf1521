"""From a URL to the adapter."""

from collections.abc import Callable
from random import random

from accord.adapters.sqlite.file import FileUnitOfWork
from accord.adapters.sqlite.memory import MemoryUnitOfWork
from accord.adapters.sqlite.url import DatabaseInMemory, parse_url


def from_url(url: str, jitter: Callable[[], float] = random) -> FileUnitOfWork | MemoryUnitOfWork:
    """Return the adapter for a URL, nothing opened yet; raise ValueError for a wrong one.

    `jitter` gives numbers in [0, 1); each `memory://` is a database of its own.
    """
    database = parse_url(url)
    if isinstance(database, DatabaseInMemory):
        return MemoryUnitOfWork(jitter)
    return FileUnitOfWork(database.path, database.synchronous, jitter)
