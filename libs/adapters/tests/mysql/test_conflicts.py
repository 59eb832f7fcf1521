"""Transactions that meet at a row: who runs again, and from what."""

import asyncio
from collections.abc import Callable
from typing import Any

import pymysql
import pytest

from accord.adapters.dtm.barrier import pass_barrier, was_committed
from accord.adapters.mysql.unit_of_work import PATIENCE, MysqlUnitOfWork
from accord.ports.errors import DependencyUnavailable
from accord.ports.unit_of_work import SqlSession
from dtm_client.barrier.decision import Decision
from dtm_client.values.branch import BranchCall, message_call
from dtm_client.values.status import Mode, Operation

pytestmark = pytest.mark.integration

ADD = "update account set balance = balance + 1 where name = ?"
MARK = "insert into account values ('mark', 0) on conflict (name) do nothing"
Balances = Callable[[], dict[str, int]]


async def test_of_two_that_block_each_other_one_runs_again_and_both_succeed(
    database: MysqlUnitOfWork, account: Any, balances: Balances
) -> None:
    account("a", 0)
    account("b", 0)
    both_hold_one = asyncio.Barrier(2)
    begun: list[str] = []

    async def cross(first: str, second: str) -> None:
        async def work(session: SqlSession) -> None:
            begun.append(first)
            await session.execute(ADD, first)
            if begun.count(first) == 1:
                await both_hold_one.wait()
            await session.execute(ADD, second)

        await database.run(work)

    await asyncio.gather(cross("a", "b"), cross("b", "a"))
    assert len(begun) == 3
    assert balances() == {"a": 2, "b": 2}


async def test_a_lock_wait_undoes_all_of_the_attempt_before_the_next_one(
    database: MysqlUnitOfWork, account: Any, operator: pymysql.Connection, balances: Balances
) -> None:
    account("a", 0)
    operator.begin()
    with operator.cursor() as cursor:
        cursor.execute("select * from account where name = 'a' for update")
    marks: list[int] = []

    async def work(session: SqlSession) -> None:
        marks.append((await session.execute(MARK)).row_count)
        if len(marks) == 2:
            operator.rollback()
        await session.execute(ADD, "a")

    await database.run(work)
    assert marks == [1, 1]
    assert balances() == {"a": 1, "mark": 0}


async def test_a_lock_that_is_never_free_is_told_in_time_and_nothing_is_left(
    database: MysqlUnitOfWork, account: Any, operator: pymysql.Connection, balances: Balances
) -> None:
    account("a", 0)
    operator.begin()
    with operator.cursor() as cursor:
        cursor.execute("select * from account where name = 'a' for update")

    async def work(session: SqlSession) -> None:
        await session.execute(MARK)
        await session.execute(ADD, "a")

    with pytest.raises(DependencyUnavailable, match="database is unavailable"):
        async with asyncio.timeout(PATIENCE + 1):
            await database.run(work)
    operator.rollback()
    assert balances() == {"a": 0}


async def count_up(database: MysqlUnitOfWork, times: int) -> int:
    begun = 0

    async def work(session: SqlSession) -> None:
        nonlocal begun
        begun += 1
        balance = (await session.execute("select balance from account where name = 'a'")).rows[0][0]
        await session.execute("update account set balance = ? where name = 'a'", balance + 1)

    await asyncio.gather(*(database.run(work) for _ in range(times)))
    return begun


async def test_no_update_is_lost_to_one_that_read_the_same_row(
    database: MysqlUnitOfWork, account: Any, balances: Balances
) -> None:
    account("a", 0)
    assert await count_up(database, 8) > 8
    assert balances() == {"a": 8}


async def test_no_update_is_lost_on_a_server_without_snapshot_isolation(
    behind_network: MysqlUnitOfWork, network: Any, account: Any, balances: Balances
) -> None:
    network.rewrite = (b"innodb_snapshot_isolation", b"innodb_snapshot_isolatioX")
    account("a", 0)
    assert await count_up(behind_network, 4) > 4
    assert balances() == {"a": 4}


async def test_a_read_locks_nothing_on_a_server_without_snapshot_isolation(
    behind_network: MysqlUnitOfWork, network: Any, account: Any, operator: pymysql.Connection
) -> None:
    network.rewrite = (b"innodb_snapshot_isolation", b"innodb_snapshot_isolatioX")
    account("a", 0)

    async def work(session: SqlSession) -> list[Any]:
        before = (await session.execute("select balance from account")).rows
        with operator.cursor() as cursor:
            cursor.execute("set session innodb_lock_wait_timeout = 1")
            cursor.execute("update account set balance = 5")
        return [*before, *(await session.execute("select balance from account")).rows]

    assert [tuple(row) for row in await behind_network.read(work)] == [(0,), (0,)]


@pytest.mark.parametrize("first", [Operation.TRY, Operation.CANCEL])
async def test_of_a_try_and_its_cancel_at_once_the_one_that_wrote_first_decides(
    database: MysqlUnitOfWork, first: Operation
) -> None:
    second = Operation.CANCEL if first is Operation.TRY else Operation.TRY
    wrote, other_waits = asyncio.Event(), asyncio.Event()

    async def ahead(session: SqlSession) -> Decision:
        decision = await pass_barrier(session, BranchCall("g", Mode.TCC, "01", first))
        wrote.set()
        await other_waits.wait()
        return decision

    async def behind(session: SqlSession) -> Decision:
        return await pass_barrier(session, BranchCall("g", Mode.TCC, "01", second))

    leader = asyncio.create_task(database.run(ahead))
    await wrote.wait()
    follower = asyncio.create_task(database.run(behind))
    # It asks the server, and gets no answer before the leader's end.
    assert not (await asyncio.wait({follower}, timeout=0.1))[0]
    other_waits.set()
    decisions = [await leader, await follower]
    expected = {
        Operation.TRY: [Decision.EXECUTE, Decision.EXECUTE],
        Operation.CANCEL: [Decision.EMPTY_COMPENSATION, Decision.HANGING],
    }
    assert decisions == expected[first]


async def test_many_tries_and_cancels_of_one_branch_run_each_once_or_never(database: MysqlUnitOfWork) -> None:
    async def once(operation: Operation) -> Decision:
        call = BranchCall("g", Mode.TCC, "01", operation)
        return await database.run(lambda session: pass_barrier(session, call))

    operations = [Operation.TRY, Operation.CANCEL] * 6
    decisions = await asyncio.gather(*(once(operation) for operation in operations))
    tried = [decision for operation, decision in zip(operations, decisions, strict=True) if operation == "try"]
    cancelled = [decision for operation, decision in zip(operations, decisions, strict=True) if operation == "cancel"]
    assert tried.count(Decision.EXECUTE) == cancelled.count(Decision.EXECUTE) <= 1
    assert cancelled.count(Decision.EXECUTE) + cancelled.count(Decision.EMPTY_COMPENSATION) == 1


async def test_query_prepared_waits_for_the_local_transaction_and_closes_the_door_to_a_later_one(
    database: MysqlUnitOfWork,
) -> None:
    wrote, go_on = asyncio.Event(), asyncio.Event()

    async def local(session: SqlSession) -> Decision:
        decision = await pass_barrier(session, message_call("committed"))
        wrote.set()
        await go_on.wait()
        return decision

    running = asyncio.create_task(database.run(local))
    await wrote.wait()
    asked = asyncio.create_task(database.run(lambda session: was_committed(session, "committed")))
    assert not (await asyncio.wait({asked}, timeout=0.1))[0]
    go_on.set()
    assert (await running, await asked) == (Decision.EXECUTE, True)
    assert not await database.run(lambda session: was_committed(session, "late"))
    assert await database.run(lambda session: pass_barrier(session, message_call("late"))) is Decision.HANGING
