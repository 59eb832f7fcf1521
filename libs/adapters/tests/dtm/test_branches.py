"""One branch call: barrier first, then the business, in one transaction."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from google.protobuf.empty_pb2 import Empty
from grpc import StatusCode

from accord.adapters.dtm.branches import Branches
from accord.adapters.sqlite.memory import MemoryUnitOfWork
from accord.inventory.v1.inventory_branch_pb2 import StockBranchRequest
from accord.ports.unit_of_work import SqlSession
from dtm_client.branch.answers import answer
from dtm_client.branch.context import BranchContext, entered
from dtm_client.errors import BranchRefused
from dtm_client.values.status import Mode, Operation

Writes = Callable[[str], Callable[[SqlSession], Awaitable[str]]]
Entries = Callable[[], Awaitable[list[str]]]
Rows = Callable[[], Awaitable[list[tuple[str, str]]]]

VALID = StockBranchRequest(order_id="4f7a2c7e-51a1-4d8c-8a0e-0d6a4f5b9c11")
INVALID = StockBranchRequest(order_id="no uuid")


class OutOfStock(Exception):
    reason = "OUT_OF_STOCK"


@pytest.fixture
def branches(database: MemoryUnitOfWork, crash_points: Any) -> Branches:
    return Branches(database, crash_points, "stock", OutOfStock)


def call(operation: Operation, mode: Mode = Mode.SAGA, branch_id: str = "02") -> BranchContext:
    return BranchContext("place-1", mode, branch_id, operation, manager="", time_remaining=3.0)


async def answered(branch: BranchContext, running: Awaitable[Empty]) -> tuple[StatusCode, str]:
    """Return what the transaction manager is told."""
    with entered(branch):
        try:
            await running
        except BranchRefused as error:
            return answer(branch, error)
    return StatusCode.OK, ""


OK = (StatusCode.OK, "")
ACTION, COMPENSATE = call(Operation.ACTION), call(Operation.COMPENSATE)
TRY, CANCEL = call(Operation.TRY, Mode.TCC), call(Operation.CANCEL, Mode.TCC)


@pytest.mark.requirement("barrier.commits-with-work")
async def test_the_work_is_committed_with_its_barrier_row(
    branches: Branches, writes: Writes, entries: Entries, barrier_rows: Rows
) -> None:
    assert await answered(ACTION, branches.run("reserve", VALID, writes("reserved"))) == OK
    assert await entries() == ["reserved"]
    assert await barrier_rows() == [("action", "action")]


@pytest.mark.requirement("barrier.duplicate-has-one-effect")
async def test_a_duplicate_is_answered_ok_without_running_the_work_again(
    branches: Branches, writes: Writes, entries: Entries
) -> None:
    for _ in range(3):
        assert await answered(ACTION, branches.run("reserve", VALID, writes("reserved"))) == OK
    assert await entries() == ["reserved"]


@pytest.mark.requirement("barrier.concurrent-calls-run-once")
async def test_two_equal_calls_in_flight_run_the_work_once(
    branches: Branches, writes: Writes, entries: Entries
) -> None:
    under_way = asyncio.Event()
    go_on = asyncio.Event()

    async def slow(session: SqlSession) -> None:
        under_way.set()
        await go_on.wait()
        await writes("reserved")(session)

    first = asyncio.create_task(answered(ACTION, branches.run("reserve", VALID, slow)))
    await under_way.wait()
    second = asyncio.create_task(answered(ACTION, branches.run("reserve", VALID, slow)))
    await asyncio.sleep(0)
    assert not first.done()
    assert not second.done()
    go_on.set()
    assert [await first, await second] == [OK, OK]
    assert await entries() == ["reserved"]


@pytest.mark.requirement("barrier.empty-undo")
async def test_an_undo_of_what_never_ran_does_nothing_and_bars_it(
    branches: Branches, writes: Writes, entries: Entries
) -> None:
    assert await answered(COMPENSATE, branches.run("release", VALID, writes("released"))) == OK
    assert await entries() == []
    code, _ = await answered(ACTION, branches.run("reserve", VALID, writes("reserved")))
    assert code is StatusCode.ABORTED
    assert await entries() == []


@pytest.mark.requirement("barrier.late-call-refused")
@pytest.mark.parametrize(("do", "undo"), [(ACTION, COMPENSATE), (TRY, CANCEL)])
async def test_a_repeat_after_its_undo_is_refused(
    branches: Branches, writes: Writes, entries: Entries, do: BranchContext, undo: BranchContext
) -> None:
    assert await answered(do, branches.run("reserve", VALID, writes("reserved"))) == OK
    assert await answered(undo, branches.run("release", VALID, writes("released"))) == OK
    # OK would let a second runner of the same saga go on to the next step.
    code, _ = await answered(do, branches.run("reserve", VALID, writes("reserved")))
    assert code is StatusCode.ABORTED
    assert await entries() == ["reserved", "released"]


@pytest.mark.requirement("barrier.commits-with-work")
async def test_a_refusal_is_aborted_with_its_reason_and_leaves_no_row(
    branches: Branches, writes: Writes, entries: Entries, barrier_rows: Rows
) -> None:
    async def refuse(session: SqlSession) -> None:
        await writes("half")(session)
        raise OutOfStock

    assert await answered(ACTION, branches.run("reserve", VALID, refuse)) == (StatusCode.ABORTED, "OUT_OF_STOCK")
    assert await entries() == []
    assert await barrier_rows() == []


@pytest.mark.requirement("barrier.commits-with-work")
async def test_any_other_fault_leaves_no_row_so_that_a_repeat_runs(
    branches: Branches, writes: Writes, entries: Entries
) -> None:
    async def fail(session: SqlSession) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await answered(ACTION, branches.run("reserve", VALID, fail))
    assert await answered(ACTION, branches.run("reserve", VALID, writes("reserved"))) == OK
    assert await entries() == ["reserved"]


@pytest.mark.requirement("branch.validation-where-refusable")
@pytest.mark.parametrize("branch", [ACTION, TRY])
async def test_an_invalid_request_is_refused_where_a_no_is_understood(
    branches: Branches, writes: Writes, entries: Entries, branch: BranchContext
) -> None:
    code, reason = await answered(branch, branches.run("reserve", INVALID, writes("reserved")))
    assert code is StatusCode.ABORTED
    assert reason == "INVALID_REQUEST: order_id: must be a valid UUID"
    assert await entries() == []


@pytest.mark.requirement("branch.validation-where-refusable")
@pytest.mark.parametrize(
    "branch", [call(Operation.CONFIRM, Mode.TCC), call(Operation.ACTION, Mode.MESSAGE), CANCEL, COMPENSATE]
)
async def test_a_request_is_not_validated_where_a_no_would_be_repeated_for_ever(
    branches: Branches, writes: Writes, branch: BranchContext
) -> None:
    assert await answered(branch, branches.run("commit", INVALID, writes("committed"))) == OK


async def test_a_refusal_where_none_is_understood_is_logged_and_asked_for_again(
    branches: Branches, caplog: pytest.LogCaptureFixture
) -> None:
    async def refuse(session: SqlSession) -> None:
        raise OutOfStock

    confirm = call(Operation.CONFIRM, Mode.TCC)
    code, _ = await answered(confirm, branches.run("commit", VALID, refuse))
    assert code is StatusCode.UNAVAILABLE
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


@pytest.mark.requirement("crash.points-surround-commit")
async def test_crash_points_stand_on_both_sides_of_the_commit(
    database: MemoryUnitOfWork, writes: Writes, entries: Entries
) -> None:
    class Killed(BaseException):
        pass

    class Killer:
        def __init__(self, at: str) -> None:
            self.at = at

        def reach(self, point: str) -> None:
            if point == self.at:
                raise Killed

    for at, kept in (("stock.reserve:before-commit", []), ("stock.reserve:after-commit", ["reserved"])):
        branches = Branches(database, Killer(at), "stock", OutOfStock)
        with pytest.raises(Killed):
            await answered(ACTION, branches.run("reserve", VALID, writes("reserved")))
        assert await entries() == kept


@pytest.mark.requirement("barrier.query-prepared-bars")
async def test_query_prepared_says_no_and_bars_the_decision(
    branches: Branches, database: MemoryUnitOfWork, barrier_rows: Rows
) -> None:
    asked = call(Operation.MESSAGE, Mode.MESSAGE, branch_id="00")
    for _ in range(2):
        code, _ = await answered(asked, branches.query_prepared())
        assert code is StatusCode.ABORTED
        assert await barrier_rows() == [("msg", "rollback")]
