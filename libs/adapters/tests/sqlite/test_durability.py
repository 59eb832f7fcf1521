"""What a commit survives, and what keeps the log of commits short."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from accord.adapters.sqlite.checkpoint import COMMITS_BETWEEN
from accord.adapters.sqlite.file import FileUnitOfWork
from accord.adapters.sqlite.open import from_url
from accord.ports.unit_of_work import SqlSession


@pytest.mark.requirement("work.flushed-by-default")
@pytest.mark.parametrize(("options", "level"), [("", 2), ("?synchronous=full", 2), ("?synchronous=normal", 1)])
async def test_commits_are_flushed_unless_the_url_says_otherwise(path: Path, options: str, level: int) -> None:
    unit_of_work = from_url(f"sqlite:///{str(path).replace('%', '%25').replace('#', '%23')}{options}")

    async def pragmas(session: SqlSession) -> list[int]:
        names = ("synchronous", "wal_autocheckpoint", "busy_timeout", "foreign_keys")
        return [(await session.execute(f"pragma {name}")).rows[0][0] for name in names]

    assert await unit_of_work.run(pragmas) == [level, 0, 0, 1]
    await unit_of_work.aclose()


@pytest.mark.requirement("work.log-is-bounded")
async def test_checkpoints_keep_the_log_bounded_under_steady_writes(file: FileUnitOfWork, path: Path) -> None:
    log = Path(f"{path}-wal")

    async def write(session: SqlSession) -> None:
        await session.execute("insert into entry values (hex(randomblob(20)))")

    largest = 0
    for _ in range(8 * COMMITS_BETWEEN):
        await file.run(write)
        largest = max(largest, log.stat().st_size)
        # What else there is to do gets the loop; the writer is never idle.
        await asyncio.sleep(0)
    # A commit writes two to three pages here; at most the commits of two rounds are in the log.
    assert 0 < largest < 2 * COMMITS_BETWEEN * 3 * 4120


async def test_a_failing_checkpoint_is_told_and_stops_no_writer(
    file: FileUnitOfWork, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def write(session: SqlSession) -> int:
        await session.execute("insert or replace into entry values ('a')")
        return int((await session.execute("select count(*) from entry")).rows[0][0])

    await file.run(write)
    path.rename(path.with_suffix(".away"))
    for _ in range(COMMITS_BETWEEN):
        assert await file.run(write) == 1
    await file.aclose()
    assert "the checkpoint of" in caplog.text


async def test_closing_copies_the_log_into_the_file(file: FileUnitOfWork, path: Path) -> None:
    async def write(session: SqlSession) -> None:
        await session.execute("insert into entry values ('a')")

    await file.run(write)
    await file.aclose()
    assert not Path(f"{path}-wal").exists()
    with sqlite3.connect(path) as connection:
        assert connection.execute("select name from entry").fetchall() == [("a",)]
    connection.close()
