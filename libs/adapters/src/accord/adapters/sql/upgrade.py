"""Brings a schema to its newest revision with Alembic, forward only; running it again changes nothing."""

import sqlite3
import time

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from accord.adapters.sql.migrations import Migrations
from accord.adapters.sql.scripts import run_scripts
from accord.adapters.sqlite.faults import is_busy, unavailable
from accord.adapters.sqlite.memory import MemoryUnitOfWork
from accord.adapters.sqlite.url import DatabaseFile, DatabaseInMemory, parse_url
from accord.ports.errors import DependencyUnavailable

# A migration is a command, not a request: it waits for whoever writes.
_LOCK_WAIT = 30.0
_PAUSE = 0.01


def upgrade(url: str, migrations: Migrations) -> None:
    """Migrate a database; of two at once the second waits and finds it done.

    A file is made if missing, and migrated in one transaction; a server's database must be there.

    Raises SchemaMismatch when the database is newer than these migrations, ValueError for a URL that names no database
    outside this process, DependencyUnavailable for one that cannot be used.
    """
    if url.startswith("mysql:"):
        # Its drivers are an extra.
        from accord.adapters.mysql.upgrade import upgrade_server  # noqa: PLC0415

        upgrade_server(url, migrations)
        return
    match parse_url(url):
        case DatabaseInMemory():
            raise ValueError(f"{url!r}: a database in memory is migrated by the process that serves it")
        case DatabaseFile(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=_LOCK_WAIT, isolation_level=None)
    try:
        _switch_to_wal(connection)
        _upgrade(connection, migrations)
    except (sqlite3.Error, DBAPIError) as error:
        raise _for_port(error) from error
    finally:
        connection.close()


async def upgrade_memory(database: MemoryUnitOfWork, migrations: Migrations) -> None:
    """Migrate a database in memory."""
    await database.use(lambda connection: _upgrade(connection, migrations))


def _for_port(error: sqlite3.Error | DBAPIError) -> Exception:
    """Return what the caller can tell an operator; a fault of a migration stays what it is."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if cause is None:
        return error
    if is_busy(cause):
        return DependencyUnavailable("database", f"busy for {_LOCK_WAIT} s")
    return unavailable(cause) or error


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Set the mode, which is a property of the file; here SQLite says "busy" at once, whatever the timeout is."""
    end = time.monotonic() + _LOCK_WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > end:
                raise
            time.sleep(_PAUSE)
        else:
            return


def _upgrade(connection: sqlite3.Connection, migrations: Migrations) -> None:
    engine = _engine(connection)
    with engine.begin() as transaction:
        run_scripts(transaction, migrations)


def _engine(connection: sqlite3.Connection) -> Engine:
    """Lend one open connection to SQLAlchemy; BEGIN is sent by us, because sqlite3 would let DDL escape from it."""
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)

    @event.listens_for(engine, "begin")
    def begin(transaction: Connection) -> None:
        transaction.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
