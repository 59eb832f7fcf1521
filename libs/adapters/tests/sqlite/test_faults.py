"""A database that cannot be used, and a commit whose end is not known."""

import sqlite3
from pathlib import Path

import pytest

from accord.adapters.sqlite.file import FileUnitOfWork
from accord.adapters.sqlite.transaction import attempt
from accord.adapters.sqlite.url import Synchronous
from accord.ports.errors import DecisionUnknown, DependencyUnavailable
from accord.ports.unit_of_work import SqlSession


async def write(session: SqlSession) -> None:
    await session.execute("insert into entry values ('a')")


def open_at(path: Path) -> FileUnitOfWork:
    return FileUnitOfWork(path, Synchronous.NORMAL, jitter=lambda: 0.5)


async def test_a_file_that_is_not_there_is_an_error_and_is_not_made(tmp_path: Path) -> None:
    unit_of_work = open_at(tmp_path / "missing.db")
    for call in (unit_of_work.run(write), unit_of_work.read(write), unit_of_work.ping()):
        with pytest.raises(DependencyUnavailable, match="unable to open"):
            await call
    assert list(tmp_path.iterdir()) == []
    await unit_of_work.aclose()


async def test_a_file_without_a_write_ahead_log_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rollback-journal.db"
    connection = sqlite3.connect(path)
    connection.execute("create table entry (name text primary key)")
    connection.close()
    unit_of_work = open_at(path)
    with pytest.raises(DependencyUnavailable, match="instead of wal"):
        await unit_of_work.run(write)
    await unit_of_work.aclose()


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear customer, " * 100)
    unit_of_work = open_at(path)
    with pytest.raises(DependencyUnavailable, match="not a database"):
        await unit_of_work.run(write)
    await unit_of_work.aclose()


async def test_a_full_database_is_unavailable_and_keeps_nothing_of_the_transaction(file: FileUnitOfWork) -> None:
    async def limit(session: SqlSession) -> None:
        await session.execute("pragma max_page_count=6")

    async def too_much(session: SqlSession) -> None:
        await write(session)
        for number in range(1000):
            await session.execute("insert into entry values (?)", f"{number:0500}")

    async def count(session: SqlSession) -> int:
        return int((await session.execute("select count(*) from entry")).rows[0][0])

    await file.run(limit)
    with pytest.raises(DependencyUnavailable, match="full"):
        await file.run(too_much)
    assert await file.run(count) == 0


async def test_a_fault_of_a_statement_is_no_fault_of_the_database(file: FileUnitOfWork) -> None:
    async def wrong(session: SqlSession) -> None:
        await session.execute("insert into nowhere values (1)")

    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await file.run(wrong)


class FailingCommit(sqlite3.Connection):
    """Loses the disk between the last statement and the end of COMMIT."""

    code = sqlite3.SQLITE_IOERR_FSYNC

    def execute(self, sql: str, *values: object) -> sqlite3.Cursor:
        if sql == "COMMIT":
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = self.code
            raise error
        return super().execute(sql, *values)  # type: ignore[arg-type]


@pytest.mark.requirement("work.unknown-commit-is-not-rerun")
async def test_a_commit_that_failed_on_the_disk_is_not_known_and_not_run_again(path: Path) -> None:
    connection = sqlite3.connect(path, factory=FailingCommit, isolation_level=None)
    with pytest.raises(DecisionUnknown, match="disk I/O error"):
        await attempt(connection, "BEGIN IMMEDIATE", write)
    assert not connection.in_transaction
    connection.close()


async def test_a_commit_that_a_deferred_rule_refused_is_rolled_back_for_certain(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma foreign_keys=on")
    connection.execute("create table child (of text references entry deferrable initially deferred)")

    async def orphan(session: SqlSession) -> None:
        await session.execute("insert into child values ('nobody')")

    with pytest.raises(sqlite3.IntegrityError):
        await attempt(connection, "BEGIN IMMEDIATE", orphan)
    assert connection.execute("select count(*) from child").fetchone() == (0,)
    connection.close()
