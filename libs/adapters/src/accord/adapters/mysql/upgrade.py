"""Brings the schema of a server's database to its newest revision, by PyMySQL, which Alembic can use without a loop."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from accord.adapters.mysql.url import MysqlDatabase, parse_url
from accord.adapters.sql.errors import SchemaMismatch
from accord.adapters.sql.migrations import Migrations
from accord.adapters.sql.scripts import run_scripts
from accord.ports.errors import DependencyUnavailable

# A migration is a command, not a request: it waits for another one, and for the transactions that use a table.
_LOCK_WAIT = 30
_CONNECT_WITHIN = 10
_LONGEST_LOCK_NAME = 64
# What a script that was cut off half-way has made already: a table, a column, a key.
_EXISTS = {1050, 1060, 1061, 1826}
# All others are faults of a script.
_UNAVAILABLE = {1021, 1040, 1044, 1045, 1049, 1114, 1142, 1205, 1290, 1698, 1836, 2002, 2003, 2006, 2013}


def upgrade_server(url: str, migrations: Migrations) -> None:
    """Migrate under a lock of the database's own (GET_LOCK), so that of several at once one works and the others wait.

    MariaDB commits each CREATE and ALTER by itself: a migration that is cut off leaves its first part behind, which
    the next one says.

    Raises SchemaMismatch, or DependencyUnavailable when the server cannot be used or the lock is not free in time.
    """
    database, engine = parse_url(url), server_engine(url)
    try:
        with engine.connect() as connection, _alone(connection, database):
            run_scripts(connection, migrations)
            connection.commit()
    except DBAPIError as error:
        raise _for_port(error, database, migrations) from error
    finally:
        engine.dispose()


def server_engine(url: str) -> Engine:
    """Return SQLAlchemy's way to the database, with no connection opened yet; the caller disposes of it."""
    database = parse_url(url)
    return create_engine(
        URL.create("mysql+pymysql", database.user, database.password, database.host, database.port, database.name),
        # Without the last one it builds a TLS context for every connection, used or not.
        connect_args={"charset": "utf8mb4", "connect_timeout": _CONNECT_WITHIN, "ssl_disabled": True},
    )


@contextmanager
def _alone(connection: Connection, database: MysqlDatabase) -> Iterator[None]:
    name = f"migrate {database.name}"[:_LONGEST_LOCK_NAME]
    connection.execute(text(f"set session lock_wait_timeout = {_LOCK_WAIT}"))
    if connection.scalar(text("select get_lock(:name, :within)"), {"name": name, "within": _LOCK_WAIT}) != 1:
        raise DependencyUnavailable("database", f"{database}: another migration ran for more than {_LOCK_WAIT} s")
    # The server frees it when the connection ends, however that is.
    connection.commit()
    yield


def _for_port(error: DBAPIError, database: MysqlDatabase, migrations: Migrations) -> Exception:
    """Return what the caller can tell an operator; a fault of a migration stays what it is."""
    code, *words = getattr(error.orig, "args", None) or (None,)
    if code in _EXISTS:
        return SchemaMismatch(
            f"a migration of {migrations.service} was cut off half-way in {database} ({words[-1]}): "
            "drop what it made, or restore the database, and run it again"
        )
    if code in _UNAVAILABLE:
        return DependencyUnavailable("database", f"{database}: {words[-1]} ({code})")
    return error
