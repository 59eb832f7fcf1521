"""A decision is kept if and only if it is told."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import grpc
import pytest

from accord.adapters.dtm.barrier import was_committed
from accord.adapters.dtm.decision import Decisions
from accord.adapters.sqlite.memory import MemoryUnitOfWork
from accord.ports.errors import DecisionUnknown, DependencyUnavailable
from accord.ports.unit_of_work import SqlSession, UnitOfWork
from dtm_client.aio.client import DtmClient
from dtm_client.values.message import Message, MessageStep

T = TypeVar("T")
Work = Callable[[SqlSession], Awaitable[T]]
Writes = Callable[[str], Callable[[SqlSession], Awaitable[str]]]
Entries = Callable[[], Awaitable[list[str]]]
Rows = Callable[[], Awaitable[list[tuple[str, str]]]]

STEP = MessageStep("dns:127.0.0.1:1/shop.Orders/MarkPaid", b"order")
MESSAGE = Message("callback-1", (STEP,), "dns:127.0.0.1:1/shop.Payments/QueryPrepared")
# Enough for answers on this machine; what is never answered is given up after it.
PATIENCE = 0.3


class AlreadyDecided(Exception):
    pass


class Wrapped:
    """A unit of work whose `run` is replaced once; everything else is the real one's."""

    def __init__(self, real: MemoryUnitOfWork, run: Callable[[MemoryUnitOfWork, Work[Any]], Awaitable[Any]]) -> None:
        self._real = real
        self._next = [run]

    async def run(self, work: Work[T]) -> T:
        if self._next:
            result: T = await self._next.pop()(self._real, work)
            return result
        return await self._real.run(work)

    async def read(self, work: Work[T]) -> T:
        return await self._real.read(work)

    async def ping(self) -> None:
        await self._real.ping()

    async def aclose(self) -> None:
        await self._real.aclose()


@pytest.fixture
def decisions(client: DtmClient, crash_points: Any) -> Callable[[UnitOfWork], Decisions]:
    return lambda unit_of_work: Decisions(client, unit_of_work, crash_points, "payment")


@pytest.fixture
def decide(
    decisions: Callable[[UnitOfWork], Decisions], database: MemoryUnitOfWork
) -> Callable[[Work[T]], Awaitable[T]]:
    return lambda work: decisions(database).decide("callback", MESSAGE, PATIENCE, work)


@pytest.mark.requirement("message.prepared-then-committed")
async def test_prepare_then_commit_then_submit_of_the_same_message(
    decide: Any, dtm: Any, writes: Writes, entries: Entries, barrier_rows: Rows, crash_points: Any
) -> None:
    assert await decide(writes("paid")) == "paid"
    assert await entries() == ["paid"]
    assert await barrier_rows() == [("msg", "msg")]
    assert dtm.methods == ["Prepare", "Submit"]
    (_, prepared), (_, submitted) = dtm.calls
    assert prepared == submitted
    assert prepared.QueryPrepared == MESSAGE.query_prepared
    assert crash_points.reached == [
        f"payment.callback:{point}" for point in ("after-prepare", "before-commit", "after-commit")
    ]


@pytest.mark.requirement("message.prepared-then-committed")
async def test_work_sees_that_the_message_is_prepared_and_not_submitted(decide: Any, dtm: Any) -> None:
    async def work(session: SqlSession) -> list[str]:
        return list(dtm.methods)

    assert await decide(work) == ["Prepare"]


@pytest.mark.requirement("message.aborts-after-rollback")
async def test_what_work_raises_rolls_back_barrier_row_included_and_aborts(
    decide: Any, dtm: Any, writes: Writes, entries: Entries, barrier_rows: Rows
) -> None:
    async def work(session: SqlSession) -> None:
        await writes("half")(session)
        # The guarded update hit zero rows: somebody else decided.
        raise AlreadyDecided("SUCCEEDED")

    with pytest.raises(AlreadyDecided):
        await decide(work)
    assert await entries() == []
    assert await barrier_rows() == []
    assert dtm.methods == ["Prepare", "Abort"]
    abort = dtm.calls[1][1]
    assert (abort.Gid, abort.TransType, abort.RollbackReason) == ("callback-1", "msg", "AlreadyDecided: SUCCEEDED")


async def test_an_abort_that_fails_hides_nothing_of_what_work_raised(
    decide: Any, dtm: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(session: SqlSession) -> None:
        raise AlreadyDecided

    dtm.answers["Abort"] = [(grpc.StatusCode.INTERNAL, "out of order")]
    with pytest.raises(AlreadyDecided):
        await decide(work)
    assert "could not be aborted" in caplog.text


async def test_a_prepare_that_is_refused_changes_nothing(
    decide: Any, dtm: Any, writes: Writes, entries: Entries, barrier_rows: Rows
) -> None:
    dtm.answers["Prepare"] = [(grpc.StatusCode.INTERNAL, "value too long")]
    with pytest.raises(DependencyUnavailable, match=r"the coordinator is unavailable: .*value too long"):
        await decide(writes("paid"))
    assert await entries() == []
    assert await barrier_rows() == []
    assert dtm.methods == ["Prepare"]


async def test_a_prepare_that_is_never_answered_changes_nothing(
    database: MemoryUnitOfWork, crash_points: Any, writes: Writes, entries: Entries
) -> None:
    # Nobody listens on port 1.
    async with DtmClient("127.0.0.1:1") as client:
        decisions = Decisions(client, database, crash_points, "payment")
        with pytest.raises(DependencyUnavailable, match="the coordinator"):
            await decisions.decide("callback", MESSAGE, 0.05, writes("paid"))
    assert await entries() == []
    assert crash_points.reached == []


async def test_a_submit_that_fails_is_survived_because_the_coordinator_asks(
    decide: Any, dtm: Any, writes: Writes, entries: Entries, caplog: pytest.LogCaptureFixture
) -> None:
    dtm.answers["Submit"] = [(grpc.StatusCode.UNAVAILABLE, "restarting")] * 100
    assert await decide(writes("paid")) == "paid"
    assert await entries() == ["paid"]
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


async def test_a_committed_decision_that_the_coordinator_gave_up_is_an_error_in_the_log(
    decide: Any, dtm: Any, writes: Writes, caplog: pytest.LogCaptureFixture
) -> None:
    dtm.answers["Submit"] = [(grpc.StatusCode.ABORTED, "current status 'failed', cannot sumbmit. FAILURE")]
    dtm.answers["Abort"] = [
        (grpc.StatusCode.ABORTED, "trans type: 'msg' current status 'failed', cannot abort. FAILURE")
    ]
    assert await decide(writes("paid")) == "paid"
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


async def test_a_message_that_the_coordinator_asked_for_first_is_not_decided(
    decide: Any, dtm: Any, database: MemoryUnitOfWork, writes: Writes, entries: Entries
) -> None:
    async def asked(session: SqlSession) -> bool:
        return await was_committed(session, MESSAGE.gid)

    assert not await database.run(asked)
    with pytest.raises(DependencyUnavailable, match="gave the message up"):
        await decide(writes("paid"))
    assert await entries() == []
    assert dtm.methods == ["Prepare", "Abort"]


async def test_a_rerun_of_the_transaction_passes_the_barrier_anew_and_its_result_counts(
    decisions: Any, database: MemoryUnitOfWork, writes: Writes, entries: Entries, barrier_rows: Rows
) -> None:
    runs = 0

    async def twice(real: MemoryUnitOfWork, work: Work[Any]) -> Any:
        async def fail_at_the_end(session: SqlSession) -> None:
            await work(session)
            raise AlreadyDecided

        with pytest.raises(AlreadyDecided):
            await real.run(fail_at_the_end)
        return await real.run(work)

    async def work(session: SqlSession) -> int:
        nonlocal runs
        runs += 1
        await writes("paid")(session)
        return runs

    assert await decisions(Wrapped(database, twice)).decide("callback", MESSAGE, PATIENCE, work) == 2
    assert await entries() == ["paid"]
    assert await barrier_rows() == [("msg", "msg")]


async def lost_after_commit(real: MemoryUnitOfWork, work: Work[Any]) -> Any:
    await real.run(work)
    raise DecisionUnknown("the answer to COMMIT was lost")


async def lost_before_commit(real: MemoryUnitOfWork, work: Work[Any]) -> Any:
    async def rolled_back(session: SqlSession) -> None:
        await work(session)
        raise AlreadyDecided

    with pytest.raises(AlreadyDecided):
        await real.run(rolled_back)
    raise DecisionUnknown("the answer to COMMIT was lost")


@pytest.mark.requirement("message.unknown-commit-is-asked-for")
async def test_a_commit_whose_answer_was_lost_is_submitted_if_it_was_kept(
    decisions: Any, dtm: Any, database: MemoryUnitOfWork, writes: Writes, entries: Entries
) -> None:
    unit_of_work = Wrapped(database, lost_after_commit)
    assert await decisions(unit_of_work).decide("callback", MESSAGE, PATIENCE, writes("paid")) == "paid"
    assert await entries() == ["paid"]
    assert dtm.methods == ["Prepare", "Submit"]


@pytest.mark.requirement("message.unknown-commit-is-asked-for")
async def test_a_commit_whose_answer_was_lost_is_aborted_and_barred_if_it_was_not_kept(
    decisions: Any, dtm: Any, database: MemoryUnitOfWork, writes: Writes, entries: Entries, barrier_rows: Rows
) -> None:
    unit_of_work = Wrapped(database, lost_before_commit)
    with pytest.raises(DependencyUnavailable, match="nothing was changed"):
        await decisions(unit_of_work).decide("callback", MESSAGE, PATIENCE, writes("paid"))
    assert await entries() == []
    assert await barrier_rows() == [("msg", "rollback")]
    assert dtm.methods == ["Prepare", "Abort"]


async def test_a_lost_answer_is_left_to_the_coordinator_while_the_database_cannot_be_asked(
    decisions: Any, dtm: Any, database: MemoryUnitOfWork, writes: Writes
) -> None:
    async def lost_for_good(real: MemoryUnitOfWork, work: Work[Any]) -> Any:
        await real.aclose()
        raise DecisionUnknown("the answer to COMMIT was lost")

    with pytest.raises(DecisionUnknown):
        await decisions(Wrapped(database, lost_for_good)).decide("callback", MESSAGE, PATIENCE, writes("paid"))
    # An Abort of what may be committed would be a decision that nobody is told of.
    assert dtm.methods == ["Prepare"]


@pytest.mark.requirement("message.cancelled-is-left-open")
async def test_a_cancelled_decision_is_rolled_back_and_left_to_the_coordinator(
    decide: Any, dtm: Any, writes: Writes, entries: Entries, barrier_rows: Rows
) -> None:
    under_way = asyncio.Event()

    async def work(session: SqlSession) -> None:
        await writes("half")(session)
        under_way.set()
        await asyncio.Event().wait()

    deciding = asyncio.create_task(decide(work))
    await under_way.wait()
    deciding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await deciding
    assert await entries() == []
    assert await barrier_rows() == []
    assert dtm.methods == ["Prepare"]
