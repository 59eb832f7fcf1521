"""Migrations: forward only, again without effect, two at once, and the start-up check that asks for them."""

import asyncio
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import BigInteger, Column, Dialect, MetaData, Table
from sqlalchemy.dialects.mysql.base import MySQLDialect
from sqlalchemy.dialects.mysql.mariadb import MariaDBDialect
from sqlalchemy.schema import CreateTable

from accord.adapters.sql.barrier_table import barrier_table
from accord.adapters.sql.check import ensure_schema
from accord.adapters.sql.columns import key_text
from accord.adapters.sql.drift import schema_drift
from accord.adapters.sql.errors import SchemaMismatch
from accord.adapters.sql.migrations import Migrations
from accord.adapters.sql.upgrade import upgrade
from accord.adapters.sqlite.open import from_url
from accord.ports.errors import DependencyUnavailable
from dtm_client.barrier.over.sqlite3 import run_in_barrier
from dtm_client.values.branch import message_call

OLDER = Migrations("stock", "0001", Path(__file__).parent / "older")
NEWER = Migrations("stock", "0002", Path(__file__).parent / "newer")


def schema(*columns: Column[int]) -> MetaData:
    metadata = MetaData()
    barrier_table(metadata)
    Table("item", metadata, Column("sku", key_text(64), primary_key=True), *columns)
    return metadata


def tables(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    found = {name for (name,) in connection.execute("select name from sqlite_schema where type = 'table'")}
    connection.close()
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made by the migration" / "stock.db"


@pytest.fixture
def url(path: Path) -> str:
    return f"sqlite:///{path}"


def test_a_migration_makes_the_file_its_log_mode_and_its_tables(url: str, path: Path) -> None:
    upgrade(url, OLDER)
    assert {"barrier", "item", "alembic_version"} <= tables(path)
    connection = sqlite3.connect(path)
    assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
    connection.close()


def test_the_second_time_nothing_is_done_and_data_stays(url: str, path: Path) -> None:
    upgrade(url, OLDER)
    with sqlite3.connect(path) as connection:
        connection.execute("insert into item values ('A')")
    upgrade(url, OLDER)
    upgrade(url, NEWER)
    assert connection.execute("select sku, quantity from item").fetchall() == [("A", 0)]
    connection.close()


def test_two_at_once_migrate_once(url: str, path: Path) -> None:
    start = Barrier(2)

    def one() -> None:
        start.wait(10)
        upgrade(url, NEWER)

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(one), threads.submit(one)]:
            done.result()
    connection = sqlite3.connect(path)
    assert connection.execute("select version_num from alembic_version").fetchall() == [("0002",)]
    connection.close()


def test_a_migration_waits_for_who_holds_the_file(url: str, path: Path) -> None:
    path.parent.mkdir()
    other = sqlite3.connect(path, isolation_level=None)
    # With this lock there SQLite does not wait for the log mode, whatever the timeout.
    other.execute("begin immediate")
    with ThreadPoolExecutor(1) as thread:
        migration = thread.submit(upgrade, url, OLDER)
        assert wait([migration], timeout=0.1).not_done
        other.execute("commit")
        migration.result()
    other.close()
    assert "item" in tables(path)


def test_a_file_that_is_no_database_is_told_in_one_line(url: str, path: Path) -> None:
    path.parent.mkdir()
    path.write_text("Dear customer, " * 100)
    with pytest.raises(DependencyUnavailable, match="not a database"):
        upgrade(url, OLDER)


def test_a_migration_that_fails_leaves_nothing_behind(url: str, path: Path, tmp_path: Path) -> None:
    broken = tmp_path / "versions"
    broken.mkdir()
    text = (OLDER.versions / "0001_first.py").read_text()
    (broken / "0001_first.py").write_text(text + "    raise RuntimeError('half-way')\n")
    with pytest.raises(RuntimeError, match="half-way"):
        upgrade(url, Migrations("stock", "0001", broken))
    assert tables(path) == set()


def test_a_newer_database_is_refused_by_an_older_migration(url: str) -> None:
    upgrade(url, NEWER)
    with pytest.raises(SchemaMismatch, match="at least as new as the database"):
        upgrade(url, OLDER)


async def test_the_check_names_the_command_for_a_missing_and_for_an_old_schema(url: str, path: Path) -> None:
    database = from_url(url)
    command = "run `python -m accord.services.stock migrate`"
    with pytest.raises(SchemaMismatch, match=f"has no schema, this version needs schema 0002: {command}"):
        await ensure_schema(database, NEWER)
    assert not path.exists()
    await asyncio.to_thread(upgrade, url, OLDER)
    with pytest.raises(SchemaMismatch, match=f"has schema 0001, this version needs schema 0002: {command}"):
        await ensure_schema(database, NEWER)
    await asyncio.to_thread(upgrade, url, NEWER)
    await ensure_schema(database, NEWER)
    await database.aclose()


async def test_an_empty_file_has_no_schema(url: str, path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    database = from_url(url)
    with pytest.raises(SchemaMismatch, match="has no schema"):
        await ensure_schema(database, OLDER)
    await database.aclose()


async def test_a_database_in_memory_is_migrated_where_it_is_served() -> None:
    database = from_url("memory://")
    await ensure_schema(database, NEWER)
    await ensure_schema(database, NEWER)
    assert await database.revision() == "0002"
    await database.aclose()
    with pytest.raises(ValueError, match="migrated by the process that serves it"):
        upgrade("memory://", NEWER)


def test_drift_between_migrations_and_tables_is_told(url: str) -> None:
    def quantity() -> Column[int]:
        return Column("quantity", BigInteger, nullable=False, server_default="0")

    assert schema_drift(NEWER, schema(quantity()), url) == []
    (difference,) = schema_drift(NEWER, schema(), url)
    assert "remove_column" in difference
    assert "quantity" in difference
    (wrong_head,) = schema_drift(Migrations("stock", "0001", NEWER.versions), schema(quantity()), url)
    assert "0002" in wrong_head


@pytest.mark.requirement("barrier.keys-byte-by-byte")
def test_the_barrier_table_is_the_one_that_the_barrier_writes(url: str, path: Path) -> None:
    upgrade(url, OLDER)
    connection = sqlite3.connect(path, isolation_level=None)
    ran: list[str] = []
    for gid in ("a", "a", "A"):
        run_in_barrier(connection, message_call(gid), partial(ran.append, gid))
    assert ran == ["a", "A"]
    connection.close()


@pytest.mark.requirement("barrier.keys-byte-by-byte")
@pytest.mark.parametrize(
    ("dialect", "collation"), [(MariaDBDialect(), "utf8mb4_nopad_bin"), (MySQLDialect(), "utf8mb4_0900_bin")]
)
def test_keys_are_compared_byte_by_byte_by_every_server(dialect: Dialect, collation: str) -> None:
    ddl = str(CreateTable(schema().tables["barrier"]).compile(dialect=dialect))
    assert f"gid VARCHAR(128) CHARACTER SET utf8mb4 COLLATE {collation}" in ddl
    assert "UNIQUE (gid, branch_id, op, barrier_id)" in ddl


def test_serving_loads_neither_sqlalchemy_nor_alembic(url: str) -> None:
    upgrade(url, OLDER)
    program = (
        "import asyncio, sys\nfrom pathlib import Path\n"
        "from accord.adapters.sql.check import ensure_schema\n"
        "from accord.adapters.sql.migrations import Migrations\n"
        "from accord.adapters.sqlite.open import from_url\n"
        f"asyncio.run(ensure_schema(from_url({url!r}), Migrations('stock', '0001', Path())))\n"
        "print(sorted({'sqlalchemy', 'alembic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == "[]\n"
