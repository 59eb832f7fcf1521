"""Transactions of a database file."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from accord.adapters.sqlite.checkpoint import Checkpoints
from accord.adapters.sqlite.connection import open_writer
from accord.adapters.sqlite.patience import Patience
from accord.adapters.sqlite.readers import Readers
from accord.adapters.sqlite.revision import read_revision
from accord.adapters.sqlite.transaction import attempt
from accord.adapters.sqlite.url import Synchronous
from accord.ports.errors import DependencyUnavailable
from accord.ports.unit_of_work import SqlSession

T = TypeVar("T")


class FileUnitOfWork:
    """One connection writes, its users take turns; each read has a connection and a snapshot (WAL) of its own.

    Implements accord.ports.unit_of_work.UnitOfWork. Other processes may use the same file: a lock of theirs is waited
    for without blocking the event loop, for PATIENCE seconds at most. Connections are opened when first needed.
    """

    def __init__(self, path: Path, synchronous: Synchronous, jitter: Callable[[], float]) -> None:
        self._path = path
        self._synchronous = synchronous
        self._jitter = jitter
        self._turn = asyncio.Lock()
        self._writer: sqlite3.Connection | None = None
        self._readers = Readers(path)
        self._checkpoints = Checkpoints(path, self._turn)
        self._closed = False

    async def run(self, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        """Run `work` and commit."""
        await self._checkpoints.keep_up()
        patience = Patience(self._jitter)
        async with patience.turn(self._turn):
            result = await patience.retry(lambda: self._write(work))
            self._checkpoints.count_commit()
            return result

    async def read(self, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        """Run `work`, which only reads, in a snapshot that no writer disturbs; a write in it is refused."""
        return await Patience(self._jitter).retry(lambda: self._read(work))

    async def revision(self) -> str | None:
        """Return the schema's revision; None before the first migration."""
        return await self.read(read_revision) if self._path.exists() else None

    async def ping(self) -> None:
        """Return when the file can be read."""
        await self.read(read_revision)

    async def aclose(self) -> None:
        """Close all connections; work under way is finished first."""
        async with self._turn:
            self._closed = True
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        await self._readers.aclose()
        await self._checkpoints.aclose()

    async def _write(self, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        self._check_open()
        if self._writer is None:
            self._writer = open_writer(self._path, self._synchronous)
        return await attempt(self._writer, "BEGIN IMMEDIATE", work)

    async def _read(self, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        self._check_open()
        async with self._readers.lend() as connection:
            return await attempt(connection, "BEGIN", work)

    def _check_open(self) -> None:
        if self._closed:
            raise DependencyUnavailable("database", "it was closed")
