"""A server that may not be used, or not be written to."""

from collections.abc import Iterator
from typing import Any

import pymysql
import pytest
from asyncmy.errors import OperationalError, ProgrammingError

from accord.adapters.mysql.faults import unavailable
from accord.adapters.mysql.unit_of_work import MysqlUnitOfWork
from accord.ports.errors import DependencyUnavailable
from accord.ports.unit_of_work import SqlSession

INSERT = "insert into account values ('a', 1)"


@pytest.fixture
def clerk(operator: pymysql.Connection, where: Any) -> Iterator[str]:
    """A user who may use the tables and nothing else."""
    with operator.cursor() as cursor:
        cursor.execute("create user clerk identified by 'pass wörd'")
        cursor.execute(f"grant select, insert, update, delete on {where.name}.* to clerk")
        yield "clerk"
        cursor.execute("drop user clerk")


@pytest.mark.integration
async def test_a_read_only_server_is_told_in_one_line_and_can_still_be_read(
    open_database: Any, operator: pymysql.Connection, clerk: str, balances: Any
) -> None:
    database: MysqlUnitOfWork = open_database(user=clerk, password="pass wörd")
    with operator.cursor() as cursor:
        cursor.execute("set global read_only = 1")
        try:
            with pytest.raises(
                DependencyUnavailable, match=r"127\.0\.0\.1:\d+: The MariaDB server is running .*read.only"
            ):
                await database.run(lambda session: session.execute(INSERT))
            await database.ping()
        finally:
            cursor.execute("set global read_only = 0")
    await database.run(lambda session: session.execute(INSERT))
    assert balances() == {"a": 1}


@pytest.mark.integration
async def test_a_server_that_becomes_read_only_in_mid_transaction_commits_nothing_and_says_so(
    open_database: Any, operator: pymysql.Connection, clerk: str, balances: Any
) -> None:
    database: MysqlUnitOfWork = open_database(user=clerk, password="pass wörd")
    with operator.cursor() as cursor:

        async def work(session: SqlSession) -> None:
            await session.execute(INSERT)
            cursor.execute("set global read_only = 1")

        try:
            with pytest.raises(DependencyUnavailable, match=r"read.only"):
                await database.run(work)
        finally:
            cursor.execute("set global read_only = 0")
    assert balances() == {}


@pytest.mark.integration
async def test_a_wrong_password_and_a_missing_database_are_told_without_the_password(
    open_database: Any, clerk: str
) -> None:
    with pytest.raises(DependencyUnavailable, match="Access denied for user 'clerk'") as raised:
        await open_database(user=clerk, password="geheim").ping()
    assert "geheim" not in str(raised.value)
    with pytest.raises(DependencyUnavailable, match="Unknown database 'nowhere'"):
        await open_database(name="nowhere").ping()


@pytest.mark.parametrize("code", [3, 1021, 1030, 1040, 1114, 1290, 1836, 2003])
def test_what_no_statement_can_help_is_an_unavailable_database(code: int) -> None:
    found = unavailable(OperationalError(code, "the server's words"), "shop at 127.0.0.1:3306")
    assert str(found) == f"database is unavailable: shop at 127.0.0.1:3306: the server's words ({code})"


def test_a_fault_of_the_statement_stays_what_it_is() -> None:
    assert unavailable(ProgrammingError(1146, "no such table"), "shop") is None
