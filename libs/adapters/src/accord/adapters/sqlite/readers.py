"""Connections that read a file, each with a snapshot of its own."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from accord.adapters.sqlite.connection import open_reader


class Readers:
    """As many connections as there are reads at one moment; a connection that is free again is used again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._free: list[sqlite3.Connection] = []
        self._lent = 0
        self._all_back = asyncio.Event()
        self._all_back.set()

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[sqlite3.Connection]:
        """Lend a connection to one read."""
        connection = self._free.pop() if self._free else open_reader(self._path)
        self._lent += 1
        self._all_back.clear()
        try:
            yield connection
        finally:
            self._free.append(connection)
            self._lent -= 1
            if not self._lent:
                self._all_back.set()

    async def aclose(self) -> None:
        """Close the connections once all reads are done; the owner begins no new one."""
        await self._all_back.wait()
        while self._free:
            self._free.pop().close()
