"""The barrier over asyncmy, for MySQL and MariaDB."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol, TypeVar

from dtm_client.barrier.decision import Decision
from dtm_client.barrier.dialects import MYSQL
from dtm_client.barrier.order import Result, Statements, barrier_statements
from dtm_client.barrier.query_prepared import query_prepared_statements
from dtm_client.values.branch import BranchCall

T = TypeVar("T")


class Cursor(Protocol):
    """The part of ``asyncmy.cursors.Cursor`` that is used."""

    rowcount: int

    async def execute(self, query: str, args: Sequence[object]) -> object: ...
    async def fetchall(self) -> Sequence[Sequence[Any]]: ...


class Connection(Protocol):
    """The part of ``asyncmy.Connection`` that is used."""

    async def begin(self) -> None: ...
    async def commit(self) -> None: ...
    async def rollback(self) -> None: ...
    def cursor(self) -> AbstractAsyncContextManager[Cursor]: ...


async def run_in_barrier(
    connection: Connection, call: BranchCall, business: Callable[[], Awaitable[object]]
) -> Decision:
    """Await ``business`` on ``connection`` if the barrier lets it, in one transaction with the barrier's row.

    ``business`` neither commits nor rolls back; what it raises is raised again after the rollback, and a later call
    runs it anew. The caller answers for the decision: see ``Decision.check``. A deadlock (1213) or a lock wait (1205)
    is raised like any other error of the driver: DTM, or the caller, runs the whole call again.
    """
    async with _transaction(connection):
        decision = await _run(connection, barrier_statements(call, MYSQL))
        if decision is Decision.EXECUTE:
            await business()
    return decision


async def query_prepared(connection: Connection, gid: str) -> bool:
    """Return whether the local transaction of the message ``gid`` committed; if not, it never will."""
    async with _transaction(connection):
        return await _run(connection, query_prepared_statements(gid, MYSQL))


@asynccontextmanager
async def _transaction(connection: Connection) -> AsyncIterator[None]:
    await connection.begin()
    try:
        yield
    except BaseException:
        # Also after a lock wait, which undoes its statement alone and would leave the barrier's row to the next commit.
        await connection.rollback()
        raise
    await connection.commit()


async def _run(connection: Connection, statements: Statements[T]) -> T:
    statement = next(statements)
    async with connection.cursor() as cursor:
        while True:
            await cursor.execute(statement.sql.replace("?", "%s"), statement.values)
            rows = await cursor.fetchall()
            try:
                statement = statements.send(Result(cursor.rowcount, rows))
            except StopIteration as end:
                result: T = end.value
                return result
