"""Another connection holds the write lock: wait without blocking, run again from nothing, give up in time."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from accord.adapters.sqlite.file import FileUnitOfWork
from accord.adapters.sqlite.patience import PATIENCE
from accord.ports.errors import DependencyUnavailable
from accord.ports.unit_of_work import SqlSession
from dtm_client.testing import virtual_time


async def names(session: SqlSession) -> list[str]:
    return [row[0] for row in (await session.execute("select name from entry order by name")).rows]


class Retries:
    """Counts how often somebody found the file busy."""

    def __init__(self) -> None:
        self._count = 0
        self._changed = asyncio.Event()

    def count(self) -> float:
        self._count += 1
        self._changed.set()
        return 0.5

    async def reached(self, number: int) -> None:
        while self._count < number:
            self._changed.clear()
            await self._changed.wait()


@pytest.mark.requirement("work.waits-without-blocking")
async def test_two_on_one_file_both_commit_and_the_loop_stays_free_meanwhile(
    open_file: Callable[..., FileUnitOfWork],
) -> None:
    retries = Retries()
    first, second = open_file(), open_file(retries.count)
    holding = asyncio.Event()
    let_go = asyncio.Event()

    async def slow(session: SqlSession) -> None:
        await session.execute("insert into entry values ('first')")
        holding.set()
        await let_go.wait()

    async def quick(session: SqlSession) -> list[str]:
        await session.execute("insert into entry values ('second')")
        return await names(session)

    holder = asyncio.create_task(first.run(slow))
    await holding.wait()
    waiter = asyncio.create_task(second.run(quick))
    # Both are under way while the loop serves others; so the waiter does not block it.
    await retries.reached(3)
    assert await first.read(names) == []
    assert not holder.done()
    assert not waiter.done()
    let_go.set()
    assert await waiter == ["first", "second"]
    await holder
    await first.aclose()
    await second.aclose()


@pytest.mark.requirement("work.reruns-from-nothing")
async def test_a_rerun_starts_after_an_explicit_rollback(file: FileUnitOfWork, path: Path) -> None:
    seen: list[list[str]] = []

    async def work(session: SqlSession) -> None:
        seen.append(await names(session))
        await session.execute("insert into entry values ('barrier')")
        if len(seen) == 1:
            # A genuine SQLITE_BUSY in mid-transaction, raised through the work.
            with sqlite3.connect(path, timeout=0) as other:
                other.execute("begin immediate")

    await file.run(work)
    # Else the second attempt would find the first one's barrier row and commit it without the business.
    assert seen == [[], []]
    assert await file.read(names) == ["barrier"]


@pytest.mark.requirement("work.gives-up-in-time")
def test_it_gives_up_before_a_branch_call_would(open_file: Callable[..., FileUnitOfWork], path: Path) -> None:
    async def scenario() -> float:
        unit_of_work = open_file()
        other = sqlite3.connect(path, timeout=0, isolation_level=None)
        other.execute("begin immediate")
        loop = asyncio.get_running_loop()
        with pytest.raises(DependencyUnavailable, match="database is unavailable: busy"):
            await unit_of_work.run(names)
        gave_up = loop.time()
        other.execute("rollback")
        other.close()
        assert await unit_of_work.run(names) == []
        await unit_of_work.aclose()
        return gave_up

    assert PATIENCE / 2 < virtual_time.run(scenario()) <= PATIENCE < 3


@pytest.mark.requirement("work.waits-without-blocking")
async def test_opening_and_reading_wait_for_a_busy_file_too(
    open_file: Callable[..., FileUnitOfWork], path: Path
) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    # Whoever asks for it gets the file alone, readers included, until it is closed.
    other.execute("pragma locking_mode=exclusive")
    other.execute("insert into entry values ('a')")
    read, written = Retries(), Retries()
    reader, writer = open_file(read.count), open_file(written.count)
    waiting = [asyncio.create_task(reader.read(names)), asyncio.create_task(writer.run(names))]
    await read.reached(2)
    await written.reached(2)
    assert not any(task.done() for task in waiting)
    other.close()
    assert await asyncio.gather(*waiting) == [["a"], ["a"]]
    await reader.aclose()
    await writer.aclose()


@pytest.mark.requirement("work.gives-up-in-time")
def test_waiting_for_the_turn_counts_too(open_file: Callable[..., FileUnitOfWork]) -> None:
    async def scenario() -> None:
        unit_of_work = open_file()
        holding = asyncio.Event()
        let_go = asyncio.Event()

        async def slow(session: SqlSession) -> None:
            holding.set()
            await let_go.wait()

        holder = asyncio.create_task(unit_of_work.run(slow))
        await holding.wait()
        with pytest.raises(DependencyUnavailable, match="no turn within"):
            await unit_of_work.run(names)
        let_go.set()
        await holder
        assert await unit_of_work.run(names) == []
        await unit_of_work.aclose()

    virtual_time.run(scenario())
