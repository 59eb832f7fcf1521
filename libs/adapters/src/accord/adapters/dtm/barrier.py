"""The barrier over a SqlSession. Its statements come first in a transaction, so call these before anything else."""

from dataclasses import replace
from typing import TypeVar

from accord.ports.unit_of_work import SqlSession
from dtm_client.barrier.decision import Decision
from dtm_client.barrier.dialects import MYSQL, SQLITE
from dtm_client.barrier.order import Result, Statements, barrier_statements
from dtm_client.barrier.query_prepared import query_prepared_statements
from dtm_client.values.branch import BranchCall

T = TypeVar("T")

# How a read waits for who writes differs; an insert that may find its row is written the same for every SqlSession, and
# unlike `insert ignore` cuts nothing.
_DIALECTS = {"sqlite": SQLITE, "mysql": replace(MYSQL, insert=SQLITE.insert)}


async def pass_barrier(session: SqlSession, call: BranchCall) -> Decision:
    """Write the call's barrier rows, and return what is to be done."""
    return await _run(session, barrier_statements(call, _DIALECTS[session.dialect]))


async def was_committed(session: SqlSession, gid: str) -> bool:
    """Return whether the local transaction of a message was committed; if not, it never will once this one is."""
    return await _run(session, query_prepared_statements(gid, _DIALECTS[session.dialect]))


async def _run(session: SqlSession, statements: Statements[T]) -> T:
    statement = next(statements)
    while True:
        done = await session.execute(statement.sql, *statement.values)
        try:
            statement = statements.send(Result(done.row_count, done.rows))
        except StopIteration as end:
            result: T = end.value
            return result
