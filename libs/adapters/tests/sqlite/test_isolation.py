"""Who sees what, while a writer is open."""

import asyncio

import pytest

from accord.adapters.sqlite.file import FileUnitOfWork
from accord.adapters.sqlite.memory import MemoryUnitOfWork
from accord.ports.unit_of_work import SqlSession


async def count(session: SqlSession) -> int:
    return int((await session.execute("select count(*) from entry")).rows[0][0])


@pytest.mark.requirement("work.reads-one-snapshot")
async def test_readers_of_a_file_go_on_in_their_snapshot_while_a_writer_is_open(file: FileUnitOfWork) -> None:
    written = asyncio.Event()
    commit = asyncio.Event()

    async def writing(session: SqlSession) -> None:
        await session.execute("insert into entry values ('a')")
        written.set()
        await commit.wait()

    writer = asyncio.create_task(file.run(writing))
    await written.wait()
    assert await file.read(count) == 0
    assert not writer.done()
    commit.set()
    await writer
    assert await file.read(count) == 1


async def test_readers_of_a_file_read_side_by_side(file: FileUnitOfWork) -> None:
    reading = 0
    both = asyncio.Event()

    async def work(session: SqlSession) -> int:
        nonlocal reading
        await count(session)
        reading += 1
        if reading == 2:
            both.set()
        await both.wait()
        return reading

    assert list(await asyncio.gather(file.read(work), file.read(work))) == [2, 2]


@pytest.mark.requirement("work.reads-one-snapshot")
async def test_readers_in_memory_wait_for_the_writer_and_never_see_its_uncommitted_rows(
    memory: MemoryUnitOfWork,
) -> None:
    written = asyncio.Event()
    end = asyncio.Event()

    class Regret(Exception):
        pass

    async def writing(session: SqlSession) -> None:
        await session.execute("insert into entry values ('a')")
        written.set()
        await end.wait()
        raise Regret

    writer = asyncio.create_task(memory.run(writing))
    await written.wait()
    reader = asyncio.create_task(memory.read(count))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not reader.done()
    end.set()
    assert await reader == 0
    assert isinstance((await asyncio.gather(writer, return_exceptions=True))[0], Regret)


async def test_databases_in_memory_are_apart(memory: MemoryUnitOfWork) -> None:
    other = MemoryUnitOfWork(jitter=lambda: 0.5)

    async def tables(session: SqlSession) -> int:
        return int((await session.execute("select count(*) from sqlite_schema")).rows[0][0])

    assert await other.read(tables) == 0
    assert await memory.read(tables) > 0
    await other.aclose()
