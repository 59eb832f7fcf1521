"""Brings a schema to its newest revision with Alembic, forward only; running it again changes nothing."""

import logging
import sqlite3
import time

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from accord.adapters.sql.errors import SchemaMismatch
from accord.adapters.sql.migrations import Migrations
from accord.adapters.sqlite.faults import is_busy, unavailable
from accord.adapters.sqlite.memory import MemoryUnitOfWork
from accord.adapters.sqlite.url import DatabaseFile, DatabaseInMemory, parse_url
from accord.ports.errors import DependencyUnavailable

# A migration is a command, not a request: it waits for whoever writes.
_LOCK_WAIT = 30.0
_PAUSE = 0.01

_logger = logging.getLogger(__name__)


def upgrade(url: str, migrations: Migrations) -> None:
    """Migrate a database file, made if missing, in one transaction; of two at once the second waits and finds it done.

    Raises SchemaMismatch when the database is newer than these migrations, ValueError for a URL that names no file,
    DependencyUnavailable for a file that cannot be used.
    """
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
        try:
            config = script_config(migrations)
            config.attributes["connection"] = transaction
            command.upgrade(config, "head")
        except CommandError as error:
            raise SchemaMismatch(
                f"the migrations of {migrations.service} do not fit its database ({error}): "
                f"run a version of {migrations.service} that is at least as new as the database"
            ) from error
    _logger.info("the database of %s has schema %s", migrations.service, migrations.head)


def script_config(migrations: Migrations) -> Config:
    """Return what an alembic.ini would say."""
    config = Config()
    config.set_main_option("script_location", "accord.adapters.sql:environment")
    config.set_main_option("version_locations", str(migrations.versions).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config


def _engine(connection: sqlite3.Connection) -> Engine:
    """Lend one open connection to SQLAlchemy; BEGIN is sent by us, because sqlite3 would let DDL escape from it."""
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)

    @event.listens_for(engine, "begin")
    def begin(transaction: Connection) -> None:
        transaction.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
