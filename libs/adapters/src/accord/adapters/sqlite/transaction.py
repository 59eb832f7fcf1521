"""One attempt at a transaction."""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import TypeVar

from accord.adapters.sqlite.faults import is_busy
from accord.adapters.sqlite.session import SqliteSession
from accord.ports.errors import DecisionUnknown
from accord.ports.unit_of_work import SqlSession

T = TypeVar("T")


async def attempt(connection: sqlite3.Connection, begin: str, work: Callable[[SqlSession], Awaitable[T]]) -> T:
    """Run `begin`, `work` and COMMIT.

    Whatever is raised, a cancellation too, the transaction is rolled back before this ends, so the next attempt on the
    connection starts from nothing. Raises DecisionUnknown when COMMIT failed otherwise than by a refusal.
    """
    connection.execute(begin)
    session = SqliteSession(connection)
    try:
        result = await work(session)
        session.close()
        _commit(connection)
    except BaseException:
        session.close()
        _roll_back(connection)
        raise
    return result


def _commit(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("COMMIT")
    except sqlite3.IntegrityError:
        raise
    except sqlite3.Error as error:
        if is_busy(error):
            raise
        # A write or flush that failed half-way may leave a commit behind that a recovery of the log would find.
        raise DecisionUnknown(f"COMMIT failed: {error}") from error


def _roll_back(connection: sqlite3.Connection) -> None:
    # Some errors, a full disk for one, have rolled back by themselves.
    if connection.in_transaction:
        connection.execute("ROLLBACK")
