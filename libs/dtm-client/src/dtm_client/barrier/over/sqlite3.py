"""The barrier over the standard library's sqlite3."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from dtm_client.barrier.decision import Decision
from dtm_client.barrier.dialects import SQLITE
from dtm_client.barrier.order import Result, Statements, barrier_statements
from dtm_client.barrier.query_prepared import query_prepared_statements
from dtm_client.values.branch import BranchCall

T = TypeVar("T")


def run_in_barrier(connection: sqlite3.Connection, call: BranchCall, business: Callable[[], object]) -> Decision:
    """Run ``business`` on ``connection`` if the barrier lets it, in one transaction with the barrier's row.

    ``business`` neither commits nor rolls back; what it raises is raised again after the rollback, and a later call
    runs it anew. The caller answers for the decision: see ``Decision.check``. Raise sqlite3.OperationalError when the
    database stays busy for longer than the connection's timeout.
    """
    with _immediate(connection):
        decision = _run(connection, barrier_statements(call, SQLITE))
        if decision is Decision.EXECUTE:
            business()
    return decision


def query_prepared(connection: sqlite3.Connection, gid: str) -> bool:
    """Return whether the local transaction of the message ``gid`` committed; if not, it never will."""
    with _immediate(connection):
        return _run(connection, query_prepared_statements(gid, SQLITE))


@contextmanager
def _immediate(connection: sqlite3.Connection) -> Iterator[None]:
    # A deferred transaction that reads first fails at once when another one writes.
    connection.execute("begin immediate")
    with connection:
        yield


def _run(connection: sqlite3.Connection, statements: Statements[T]) -> T:
    statement = next(statements)
    while True:
        cursor = connection.execute(statement.sql, statement.values)
        try:
            statement = statements.send(Result(cursor.rowcount, cursor.fetchall()))
        except StopIteration as end:
            result: T = end.value
            return result
