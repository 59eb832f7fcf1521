"""A bounded number of connections, of which none is lost."""

import asyncio
from typing import Any

import pymysql
import pytest

from accord.adapters.mysql.unit_of_work import MysqlUnitOfWork
from accord.ports.errors import DependencyUnavailable
from accord.ports.unit_of_work import SqlSession

pytestmark = pytest.mark.integration


def connections(operator: pymysql.Connection, name: str) -> int:
    with operator.cursor() as cursor:
        cursor.execute("select count(*) from information_schema.processlist where db = %s", (name,))
        row = cursor.fetchone()
        assert row is not None
        return int(row[0]) - 1


async def test_no_more_connections_are_open_than_allowed_and_the_others_wait(
    open_database: Any, where: Any, operator: pymysql.Connection
) -> None:
    database: MysqlUnitOfWork = open_database(connections=3)
    inside = most = 0

    async def work(session: SqlSession) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await session.execute("select sleep(0.01)")
        inside -= 1

    await asyncio.gather(*(database.run(work) for _ in range(12)))
    assert most == 3
    assert connections(operator, where.name) == 3


async def test_who_finds_all_in_use_for_too_long_is_told(open_database: Any) -> None:
    database: MysqlUnitOfWork = open_database(connections=1)
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def long(session: SqlSession) -> None:
        entered.set()
        await go_on.wait()

    holding = asyncio.create_task(database.read(long))
    await entered.wait()
    with pytest.raises(DependencyUnavailable, match="all 1 connections are in use"):
        await database.ping()
    go_on.set()
    await holding
    await database.ping()


async def test_who_is_cancelled_in_mid_statement_leaves_no_lock_and_no_gap(
    open_database: Any, account: Any, operator: pymysql.Connection, balances: Any
) -> None:
    account("a", 0)
    database: MysqlUnitOfWork = open_database(connections=2)
    locked = asyncio.Event()

    async def slow(session: SqlSession) -> None:
        await session.execute("update account set balance = 9 where name = 'a'")
        locked.set()
        await session.execute("select sleep(0.5)")

    for _ in range(3):
        locked.clear()
        task = asyncio.create_task(database.run(slow))
        await locked.wait()
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    add = "update account set balance = balance + 1 where name = 'a'"
    await asyncio.gather(*(database.run(lambda session: session.execute(add)) for _ in range(4)))
    assert balances() == {"a": 4}


async def test_who_is_cancelled_between_statements_leaves_nothing_to_the_next_one(open_database: Any) -> None:
    database: MysqlUnitOfWork = open_database(connections=1)
    written = asyncio.Event()

    async def cancelled(session: SqlSession) -> None:
        await session.execute("insert into account values ('a', 1)")
        written.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(database.run(cancelled))
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    found = await database.run(lambda session: session.execute("select * from account"))
    assert not found.rows


async def test_who_is_cancelled_while_waiting_takes_nobodys_place(open_database: Any) -> None:
    database: MysqlUnitOfWork = open_database(connections=1)
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def long(session: SqlSession) -> None:
        entered.set()
        await go_on.wait()

    holding = asyncio.create_task(database.run(long))
    await entered.wait()
    waiting = [asyncio.create_task(database.ping()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    go_on.set()
    await holding
    await asyncio.gather(*waiting[1:])
    assert waiting[0].cancelled()


async def test_a_statement_that_fails_costs_no_connection(open_database: Any, network: Any) -> None:
    database: MysqlUnitOfWork = open_database(port=network.port)
    for _ in range(3):
        with pytest.raises(Exception, match="doesn't exist"):
            await database.run(lambda session: session.execute("select * from nowhere"))
    await database.ping()
    assert network.opened == 1
