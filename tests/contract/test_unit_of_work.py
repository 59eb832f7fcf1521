"""What every UnitOfWork guarantees."""

import asyncio
from enum import StrEnum

import pytest

from accord.ports.errors import DependencyUnavailable
from accord.ports.unit_of_work import Result, SqlSession, UnitOfWork, Value

INSERT = "insert into account (name, balance) values (?, ?)"
SELECT = "select name, balance from account order by name"


class Kind(StrEnum):
    SPECIAL = "special"


async def put(unit_of_work: UnitOfWork, name: str, balance: int) -> None:
    async def work(session: SqlSession) -> None:
        await session.execute(INSERT, name, balance)

    await unit_of_work.run(work)


async def all_rows(unit_of_work: UnitOfWork) -> list[tuple[object, ...]]:
    async def work(session: SqlSession) -> Result:
        return await session.execute(SELECT)

    return [tuple(row) for row in (await unit_of_work.read(work)).rows]


async def test_committed_work_is_read_back_with_every_kind_of_value(unit_of_work: UnitOfWork) -> None:
    kept: list[tuple[Value, Value, Value]] = [
        ("text äß€ %s ? '\"\\\n", 2**62, b"\x00\xff'\\"),
        ("", -1, b""),
        (Kind.SPECIAL, 0, b"%?"),
        (None, None, None),
    ]

    async def work(session: SqlSession) -> list[tuple[object, ...]]:
        for values in kept:
            await session.execute("insert into kept (text, number, bytes) values (?, ?, ?)", *values)
        return [tuple(row) for row in (await session.execute("select text, number, bytes from kept")).rows]

    assert sorted(await unit_of_work.run(work), key=repr) == sorted(
        [*kept[:2], ("special", 0, b"%?"), kept[3]], key=repr
    )


async def test_run_returns_what_work_returns(unit_of_work: UnitOfWork) -> None:
    async def work(session: SqlSession) -> str:
        return "done"

    assert await unit_of_work.run(work) == "done"
    assert await unit_of_work.read(work) == "done"


async def test_row_count_says_what_a_guarded_update_hit(unit_of_work: UnitOfWork) -> None:
    await put(unit_of_work, "a", 5)

    async def work(session: SqlSession) -> list[int]:
        guarded = "update account set balance = balance - ? where name = ? and balance >= ?"
        results = [await session.execute(guarded, amount, "a", amount) for amount in (3, 3)]
        results.append(await session.execute(SELECT))
        return [result.row_count for result in results]

    assert await unit_of_work.run(work) == [1, 0, 0]


@pytest.mark.requirement("work.raising-rolls-back")
async def test_a_row_that_is_set_to_what_it_was_counts_as_written(unit_of_work: UnitOfWork) -> None:
    await put(unit_of_work, "a", 5)
    update = "update account set balance = 5 where name = ?"
    assert (await unit_of_work.run(lambda session: session.execute(update, "a"))).row_count == 1


async def test_an_insert_counts_one_row_or_none_where_there_is_one(unit_of_work: UnitOfWork) -> None:
    insert = f"{INSERT} on conflict (name) do nothing"

    async def work(session: SqlSession) -> list[int]:
        return [(await session.execute(insert, name, balance)).row_count for name, balance in (("a", 1), ("a", 2))]

    assert await unit_of_work.run(work) == [1, 0]
    assert await all_rows(unit_of_work) == [("a", 1)]


async def test_only_a_row_that_is_there_is_passed_over(unit_of_work: UnitOfWork) -> None:
    insert = f"{INSERT} on conflict (name) do nothing"
    with pytest.raises(Exception, match=r"(?i)null"):
        await unit_of_work.run(lambda session: session.execute(insert, "a", None))
    assert await all_rows(unit_of_work) == []


async def test_keys_are_compared_byte_by_byte(unit_of_work: UnitOfWork) -> None:
    for name in ("a", "A", "ä", "a "):
        await put(unit_of_work, name, 1)
    assert len(await all_rows(unit_of_work)) == 4


async def test_sums_are_whole_numbers_and_percent_signs_and_question_marks_stay_text(unit_of_work: UnitOfWork) -> None:
    for name in ("a%", "b?"):
        await put(unit_of_work, name, 2**40)
    select = "select sum(balance), 'is it 100%?' || ? from account where name like '%?' or name = ?"
    rows = (await unit_of_work.read(lambda session: session.execute(select, " yes", "a%"))).rows
    assert [tuple(row) for row in rows] == [(2**41, "is it 100%? yes")]
    assert type(rows[0][0]) is int


async def test_what_work_raises_rolls_back_and_is_raised_again(unit_of_work: UnitOfWork) -> None:
    class BusinessNo(Exception):
        pass

    async def work(session: SqlSession) -> None:
        await session.execute(INSERT, "a", 1)
        raise BusinessNo

    with pytest.raises(BusinessNo):
        await unit_of_work.run(work)
    assert await all_rows(unit_of_work) == []
    await put(unit_of_work, "b", 1)
    assert await all_rows(unit_of_work) == [("b", 1)]


@pytest.mark.requirement("work.cancelled-leaves-nothing")
async def test_a_cancelled_run_leaves_nothing_and_the_one_behind_it_starts_clean(unit_of_work: UnitOfWork) -> None:
    written = asyncio.Event()

    async def cancelled(session: SqlSession) -> None:
        await session.execute(INSERT, "a", 1)
        written.set()
        await asyncio.Event().wait()

    async def behind(session: SqlSession) -> int:
        return len((await session.execute(SELECT)).rows)

    first = asyncio.create_task(unit_of_work.run(cancelled))
    await written.wait()
    second = asyncio.create_task(unit_of_work.run(behind))
    await asyncio.sleep(0)
    assert not second.done()
    first.cancel()
    assert await second == 0
    with pytest.raises(asyncio.CancelledError):
        await first


@pytest.mark.requirement("work.writers-take-turns")
async def test_transactions_that_write_take_turns(unit_of_work: UnitOfWork) -> None:
    await put(unit_of_work, "a", 0)
    started = 0

    async def add_one(session: SqlSession) -> None:
        balance = (await session.execute("select balance from account where name = ?", "a")).rows[0][0]
        await asyncio.sleep(0)
        await session.execute("update account set balance = ? where name = ?", balance + 1, "a")

    async def contender() -> None:
        nonlocal started
        started += 1
        await unit_of_work.run(add_one)

    tasks = [asyncio.create_task(contender()) for _ in range(20)]
    await asyncio.sleep(0)
    assert started == 20
    assert not any(task.done() for task in tasks)
    await asyncio.gather(*tasks)
    assert await all_rows(unit_of_work) == [("a", 20)]


@pytest.mark.requirement("work.reads-one-snapshot")
async def test_a_read_sees_one_snapshot_and_nothing_uncommitted(unit_of_work: UnitOfWork) -> None:
    await put(unit_of_work, "a", 1)
    first_read = asyncio.Event()
    go_on = asyncio.Event()

    async def reading(session: SqlSession) -> tuple[int, int]:
        before = len((await session.execute(SELECT)).rows)
        first_read.set()
        await go_on.wait()
        return before, len((await session.execute(SELECT)).rows)

    read = asyncio.create_task(unit_of_work.read(reading))
    await first_read.wait()
    write = asyncio.create_task(put(unit_of_work, "b", 2))
    await asyncio.sleep(0)
    go_on.set()
    assert await read == (1, 1)
    await write
    assert len(await all_rows(unit_of_work)) == 2


@pytest.mark.requirement("work.reads-one-snapshot")
async def test_a_read_cannot_write(unit_of_work: UnitOfWork) -> None:
    async def work(session: SqlSession) -> None:
        await session.execute(INSERT, "a", 1)

    with pytest.raises(Exception, match=r"(?i)read.?only"):
        await unit_of_work.read(work)
    await unit_of_work.run(work)
    assert await all_rows(unit_of_work) == [("a", 1)]


async def test_a_session_ends_with_its_transaction(unit_of_work: UnitOfWork) -> None:
    async def leak(session: SqlSession) -> SqlSession:
        return session

    for session in (await unit_of_work.run(leak), await unit_of_work.read(leak)):
        with pytest.raises(RuntimeError, match="after its transaction"):
            await session.execute(INSERT, "a", 1)
    assert await all_rows(unit_of_work) == []


async def test_a_closed_one_refuses_and_closing_waits_for_the_work_under_way(unit_of_work: UnitOfWork) -> None:
    started = asyncio.Event()
    go_on = asyncio.Event()

    async def work(session: SqlSession) -> str:
        started.set()
        await go_on.wait()
        return str((await session.execute("select 'finished'")).rows[0][0])

    running = asyncio.create_task(unit_of_work.run(work))
    await started.wait()
    closing = asyncio.create_task(unit_of_work.aclose())
    await asyncio.sleep(0)
    assert not closing.done()
    go_on.set()
    assert await running == "finished"
    await closing
    for call in (unit_of_work.run(work), unit_of_work.read(work), unit_of_work.ping()):
        with pytest.raises(DependencyUnavailable, match="closed"):
            await call


async def test_ping_answers_while_the_database_does(unit_of_work: UnitOfWork) -> None:
    await unit_of_work.ping()
