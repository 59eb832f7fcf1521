"""Migrations of a server's database: again without effect, several at once, cut off half-way, and what is said then."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pymysql
import pytest
from sqlalchemy import BigInteger, Column, MetaData, Table

from accord.adapters.mysql.open import from_url
from accord.adapters.mysql.url import parse_url
from accord.adapters.sql.barrier_table import barrier_table
from accord.adapters.sql.check import ensure_schema
from accord.adapters.sql.columns import key_text
from accord.adapters.sql.drift import schema_drift
from accord.adapters.sql.errors import SchemaMismatch
from accord.adapters.sql.migrations import Migrations
from accord.adapters.sql.upgrade import upgrade
from accord.ports.errors import DependencyUnavailable

pytestmark = pytest.mark.integration

VERSIONS = Path(__file__).parent.parent / "sql"
OLDER = Migrations("stock", "0001", VERSIONS / "older")
NEWER = Migrations("stock", "0002", VERSIONS / "newer")


@pytest.fixture
def url(new_mariadb_url: Callable[[], str]) -> str:
    return new_mariadb_url()


def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    where = parse_url(url)
    connection = pymysql.connect(
        host=where.host, port=where.port, user=where.user, database=where.name, ssl_disabled=True, autocommit=True
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found = list(cursor.fetchall())
    connection.close()
    return found


def test_the_second_time_nothing_is_done_and_data_stays(url: str) -> None:
    upgrade(url, OLDER)
    rows(url, "insert into item values ('A')")
    upgrade(url, OLDER)
    upgrade(url, NEWER)
    assert rows(url, "select sku, quantity from item") == [("A", 0)]


def test_several_at_once_migrate_once(url: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(upgrade, url, NEWER) for _ in range(4)]:
            done.result()
    assert rows(url, "select version_num from alembic_version") == [("0002",)]


def test_a_migration_that_was_cut_off_half_way_is_named_by_the_next_one(url: str) -> None:
    rows(url, "create table item (sku int)")
    with pytest.raises(SchemaMismatch, match=r"of stock was cut off half-way in .* \(Table 'item' already exists\)"):
        upgrade(url, OLDER)


def test_a_newer_database_is_refused_by_an_older_migration(url: str) -> None:
    upgrade(url, NEWER)
    with pytest.raises(SchemaMismatch, match="at least as new as the database"):
        upgrade(url, OLDER)


def test_a_database_that_is_not_there_is_told_in_one_line(url: str) -> None:
    with pytest.raises(DependencyUnavailable, match=r"nowhere at .*: Unknown database 'nowhere'"):
        upgrade(url.rpartition("/")[0] + "/nowhere", OLDER)


def test_a_server_that_is_not_there_is_told_in_one_line() -> None:
    with pytest.raises(DependencyUnavailable, match=r"shop at 127.0.0.1:1: Can't connect"):
        upgrade("mysql://root@127.0.0.1:1/shop", OLDER)


async def test_the_check_names_the_command_for_a_missing_and_for_an_old_schema(url: str) -> None:
    database = from_url(url)
    command = "run `python -m accord.services.stock migrate`"
    with pytest.raises(SchemaMismatch, match=f"has no schema, this version needs schema 0002: {command}"):
        await ensure_schema(database, NEWER)
    await asyncio.to_thread(upgrade, url, OLDER)
    with pytest.raises(SchemaMismatch, match=f"has schema 0001, this version needs schema 0002: {command}"):
        await ensure_schema(database, NEWER)
    await asyncio.to_thread(upgrade, url, NEWER)
    await ensure_schema(database, NEWER)
    await database.aclose()


def test_drift_between_migrations_and_tables_is_told(url: str) -> None:
    metadata = MetaData()
    barrier_table(metadata)
    item = Table("item", metadata, Column("sku", key_text(64), primary_key=True))
    (missing,) = schema_drift(NEWER, metadata, url)
    assert "remove_column" in missing
    item.append_column(Column("quantity", BigInteger, nullable=False, server_default="0"))
    assert schema_drift(NEWER, metadata, url) == []
