"""Database files with one table, as a migration would leave them."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from accord.adapters.sqlite.file import FileUnitOfWork
from accord.adapters.sqlite.memory import MemoryUnitOfWork
from accord.adapters.sqlite.url import Synchronous
from accord.ports.unit_of_work import SqlSession


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "ledger #1 100%.db"
    connection = sqlite3.connect(file)
    connection.execute("pragma journal_mode=wal")
    connection.execute("create table entry (name text primary key)")
    connection.close()
    return file


@pytest.fixture
def open_file(path: Path) -> Callable[..., FileUnitOfWork]:
    """Open the file; `jitter` is asked before each retry."""

    def of(jitter: Callable[[], float] = lambda: 0.5) -> FileUnitOfWork:
        return FileUnitOfWork(path, Synchronous.NORMAL, jitter)

    return of


@pytest.fixture
async def file(open_file: Callable[..., FileUnitOfWork]) -> AsyncIterator[FileUnitOfWork]:
    unit_of_work = open_file()
    yield unit_of_work
    await unit_of_work.aclose()


@pytest.fixture
async def memory() -> AsyncIterator[MemoryUnitOfWork]:
    unit_of_work = MemoryUnitOfWork(jitter=lambda: 0.5)

    async def create(session: SqlSession) -> None:
        await session.execute("create table entry (name text primary key)")

    await unit_of_work.run(create)
    yield unit_of_work
    await unit_of_work.aclose()
