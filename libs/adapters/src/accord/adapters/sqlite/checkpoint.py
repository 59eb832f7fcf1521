"""Moves what commits wrote to the log (the WAL file) into the database file, in a thread of its own."""

import asyncio
import logging
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from accord.adapters.sqlite.connection import open_checkpointer

# At three to five pages a commit about 8 MB of log.
COMMITS_BETWEEN = 500

_logger = logging.getLogger(__name__)


class Checkpoints:
    """Counts commits, and starts a checkpoint after COMMITS_BETWEEN of them.

    SQLite starts the log again from its beginning only when a write finds all of it copied. A checkpoint beside steady
    writes never gets that far, and the log would grow for ever. So there are two passes: a long one beside the writers,
    and a short one for the rest while they wait. Both are PASSIVE: they wait for no reader, and the thread, unlike the
    event loop, may wait for the disk.
    """

    def __init__(self, path: Path, writer_turn: asyncio.Lock) -> None:
        self._path = path
        self._writer_turn = writer_turn
        self._commits = 0
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="checkpoint")
        self._connection: sqlite3.Connection | None = None
        self._running: asyncio.Task[None] | None = None

    def count_commit(self) -> None:
        """Note a commit; its writer still has its turn."""
        self._commits += 1
        if self._commits >= COMMITS_BETWEEN and self._running is None:
            self._commits = 0
            self._running = asyncio.create_task(self._run(), name="checkpoint")

    async def keep_up(self) -> None:
        """Wait, without the turn, while commits are that far ahead of the checkpoint that the log would outgrow it."""
        if self._running is not None and self._commits >= COMMITS_BETWEEN:
            await asyncio.wait([self._running])

    async def aclose(self) -> None:
        """Finish the checkpoint under way."""
        if self._running is not None:
            await asyncio.wait([self._running])
        self._thread.shutdown()
        if self._connection is not None:
            self._connection.close()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._pass)
            async with self._writer_turn:
                await loop.run_in_executor(self._thread, self._pass)
        except sqlite3.Error:
            # Commits stay safe in the log without it, so writers go on, and the next checkpoint tries again.
            _logger.exception("the checkpoint of %s failed; its log grows until one succeeds", self._path)
        finally:
            self._running = None

    def _pass(self) -> None:
        if self._connection is None:
            self._connection = open_checkpointer(self._path)
        self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
