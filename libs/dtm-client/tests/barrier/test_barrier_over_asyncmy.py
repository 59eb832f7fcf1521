"""The order of calls on an asyncmy connection: what is begun, run, committed and rolled back."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from dtm_client.barrier.decision import Decision
from dtm_client.barrier.dialects import MYSQL
from dtm_client.barrier.over.asyncmy import query_prepared, run_in_barrier
from dtm_client.values.branch import BranchCall
from dtm_client.values.status import Mode, Operation

ACTION = BranchCall("g", Mode.SAGA, "01", Operation.ACTION)


class ScriptedCursor:
    def __init__(self, connection: "ScriptedConnection") -> None:
        self.connection = connection
        self.rowcount = 0
        self.rows: Sequence[Sequence[str]] = ()

    async def execute(self, query: str, args: Sequence[object]) -> object:
        self.connection.log.append(query % tuple(args))
        self.rowcount, self.rows = self.connection.results.pop(0)
        return self.rowcount

    async def fetchall(self) -> Sequence[Sequence[str]]:
        return self.rows


class ScriptedConnection:
    def __init__(self, *results: tuple[int, Sequence[Sequence[str]]]) -> None:
        self.results = list(results)
        self.log: list[str] = []

    async def begin(self) -> None:
        self.log.append("begin")

    async def commit(self) -> None:
        self.log.append("commit")

    async def rollback(self) -> None:
        self.log.append("rollback")

    def cursor(self) -> AbstractAsyncContextManager[ScriptedCursor]:
        @asynccontextmanager
        async def opened() -> AsyncIterator[ScriptedCursor]:
            yield ScriptedCursor(self)

        return opened()


INSERTED = MYSQL.insert.replace("?", "%s") % ("saga", "g", "01", "action", "01", "action")


async def test_the_business_runs_between_the_barriers_row_and_the_commit() -> None:
    connection = ScriptedConnection((1, ()))

    async def business() -> None:
        connection.log.append("business")

    assert await run_in_barrier(connection, ACTION, business) is Decision.EXECUTE
    assert connection.log == ["begin", INSERTED, "business", "commit"]


@pytest.mark.requirement("barrier.commits-with-work")
async def test_a_business_that_raises_is_rolled_back_with_the_barriers_row() -> None:
    connection = ScriptedConnection((1, ()))

    async def business() -> None:
        raise ValueError

    with pytest.raises(ValueError):
        await run_in_barrier(connection, ACTION, business)
    assert connection.log == ["begin", INSERTED, "rollback"]


async def test_a_repeated_call_runs_no_business() -> None:
    connection = ScriptedConnection((0, ()), (1, [("action", "action")]))

    async def business() -> None:
        connection.log.append("business")

    assert await run_in_barrier(connection, ACTION, business) is Decision.DUPLICATE
    assert "business" not in connection.log
    assert connection.log[-1] == "commit"


async def test_query_prepared_commits_before_it_answers_no() -> None:
    connection = ScriptedConnection((1, ()), (1, [("msg", "rollback")]))

    assert await query_prepared(connection, "g") is False
    assert connection.log[-1] == "commit"
