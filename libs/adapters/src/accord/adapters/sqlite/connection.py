"""How a connection is opened: the PRAGMAs that the transactions build on."""

import sqlite3
from pathlib import Path

from accord.adapters.sqlite.url import Synchronous
from accord.ports.errors import DependencyUnavailable

_CACHED_STATEMENTS = 256


def open_writer(path: Path, synchronous: Synchronous) -> sqlite3.Connection:
    """Open the connection that writes; raise DependencyUnavailable unless a migration has switched the file to WAL."""
    connection = _open(path)
    connection.execute(f"PRAGMA synchronous={synchronous}")
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        connection.close()
        raise DependencyUnavailable("database", f"{path} has the journal mode {mode} instead of wal: run its migration")
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """Open a connection that cannot write."""
    connection = _open(path)
    connection.execute("PRAGMA query_only=ON")
    return connection


def open_checkpointer(path: Path) -> sqlite3.Connection:
    """Open a connection for a thread of its own."""
    return _open(path)


def prepare(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Set what every connection of ours has."""
    connection.execute("PRAGMA busy_timeout=0")  # waiting would block the event loop
    connection.execute("PRAGMA foreign_keys=ON")
    return connection


def _open(path: Path) -> sqlite3.Connection:
    # mode=rw: a wrong path is an error instead of a new and empty database. isolation_level=None: BEGIN is ours.
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=0,
        isolation_level=None,
        cached_statements=_CACHED_STATEMENTS,
        check_same_thread=False,
    )
    try:
        prepare(connection)
        # Else every thousandth page would make one unlucky commit wait for a checkpoint, on the event loop.
        connection.execute("PRAGMA wal_autocheckpoint=0")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
