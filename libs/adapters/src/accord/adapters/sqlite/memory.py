"""Transactions of a database in memory."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from accord.adapters.sqlite.connection import prepare
from accord.adapters.sqlite.patience import Patience
from accord.adapters.sqlite.revision import read_revision
from accord.adapters.sqlite.transaction import attempt
from accord.ports.errors import DependencyUnavailable
from accord.ports.unit_of_work import SqlSession

T = TypeVar("T")


class MemoryUnitOfWork:
    """One connection, and everybody takes turns: a second one with a shared cache would meet "table is locked".

    Implements accord.ports.unit_of_work.UnitOfWork. No thread, no file, no clock but the event loop's.
    """

    def __init__(self, jitter: Callable[[], float]) -> None:
        self._jitter = jitter
        self._turn = asyncio.Lock()
        self._connection: sqlite3.Connection | None = prepare(sqlite3.connect(":memory:", isolation_level=None))

    async def run(self, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        """Run `work` and commit."""
        return await self._transact("BEGIN IMMEDIATE", work)

    async def read(self, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        """Run `work`, which only reads; a write in it is refused."""
        return await self._transact("BEGIN", work, query_only=True)

    async def revision(self) -> str | None:
        """Return the schema's revision; None before the first migration."""
        return await self.read(read_revision)

    async def use(self, action: Callable[[sqlite3.Connection], T]) -> T:
        """Hand the connection itself to `action`, such as a migration, while nobody else uses it."""
        async with Patience(self._jitter).turn(self._turn):
            return action(self._open())

    async def ping(self) -> None:
        """Return while it is not closed."""
        await self.use(lambda connection: connection.execute("select 1"))

    async def aclose(self) -> None:
        """Forget everything, once the work under way is finished."""
        async with self._turn:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    async def _transact(self, begin: str, work: Callable[[SqlSession], Awaitable[T]], *, query_only: bool = False) -> T:
        patience = Patience(self._jitter)
        async with patience.turn(self._turn):
            connection = self._open()
            with _query_only(connection, on=query_only):
                return await patience.retry(lambda: attempt(connection, begin, work))

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise DependencyUnavailable("database", "it was closed")
        return self._connection


@contextmanager
def _query_only(connection: sqlite3.Connection, *, on: bool) -> Iterator[None]:
    if not on:
        yield
        return
    connection.execute("PRAGMA query_only=ON")
    try:
        yield
    finally:
        connection.execute("PRAGMA query_only=OFF")
