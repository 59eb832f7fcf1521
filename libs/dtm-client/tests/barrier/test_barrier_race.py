"""Two connections to one file: while a try is open, its cancel and its query-prepared wait for it."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from dtm_client.barrier.decision import Decision
from dtm_client.barrier.dialects import SQLITE
from dtm_client.barrier.over.sqlite3 import query_prepared, run_in_barrier
from dtm_client.values.branch import BranchCall, message_call
from dtm_client.values.status import Mode, Operation

TRY = BranchCall("g", Mode.TCC, "01", Operation.TRY)
CANCEL = BranchCall("g", Mode.TCC, "01", Operation.CANCEL)
BOUND = 10


class Race:
    """Runs a first call in a thread, holds it inside its transaction, and starts a second one meanwhile."""

    def __init__(self, file: Path) -> None:
        self.file = file
        with self.open() as connection:
            connection.execute("pragma journal_mode = wal")
            connection.execute(SQLITE.table)
        connection.close()

    def open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.file, timeout=BOUND, isolation_level=None)

    def run(
        self, first: BranchCall, second: Callable[[sqlite3.Connection], object], *, fails: bool = False
    ) -> tuple[object, object]:
        inside, leave = threading.Event(), threading.Event()

        def business() -> None:
            inside.set()
            assert leave.wait(BOUND)
            if fails:
                raise ValueError

        def run_first() -> object:
            connection = self.open()
            try:
                return run_in_barrier(connection, first, business)
            except ValueError:
                return "rolled back"
            finally:
                connection.close()

        def run_second() -> object:
            connection = self.open()
            try:
                return second(connection)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            one: Future[object] = pool.submit(run_first)
            assert inside.wait(BOUND)
            other: Future[object] = pool.submit(run_second)
            # Both are in flight now: the first inside its transaction, the second unable to have passed it.
            assert not one.done()
            assert not other.done()
            leave.set()
            return one.result(BOUND), other.result(BOUND)


@pytest.fixture
def race(tmp_path: Path) -> Race:
    return Race(tmp_path / "barrier.db")


def cancel(connection: sqlite3.Connection) -> Decision:
    return run_in_barrier(connection, CANCEL, lambda: None)


@pytest.mark.requirement("barrier.undo-waits")
def test_a_cancel_that_meets_an_open_try_undoes_it_after_its_commit(race: Race) -> None:
    assert race.run(TRY, cancel) == (Decision.EXECUTE, Decision.EXECUTE)


@pytest.mark.requirement("barrier.undo-waits")
def test_a_cancel_that_meets_an_open_try_is_empty_after_its_rollback(race: Race) -> None:
    assert race.run(TRY, cancel, fails=True) == ("rolled back", Decision.EMPTY_COMPENSATION)


def test_a_try_that_meets_an_open_cancel_is_refused(race: Race) -> None:
    setup = race.open()
    run_in_barrier(setup, TRY, lambda: None)
    setup.close()

    assert race.run(CANCEL, lambda connection: run_in_barrier(connection, TRY, lambda: None)) == (
        Decision.EXECUTE,
        Decision.HANGING,
    )


@pytest.mark.requirement("barrier.concurrent-calls-run-once")
def test_of_two_equal_calls_at_once_one_runs(race: Race) -> None:
    assert race.run(TRY, lambda connection: run_in_barrier(connection, TRY, lambda: None)) == (
        Decision.EXECUTE,
        Decision.DUPLICATE,
    )


@pytest.mark.requirement("barrier.query-prepared-waits")
def test_query_prepared_waits_for_an_open_local_transaction(race: Race) -> None:
    call = message_call("g")

    assert race.run(call, lambda connection: query_prepared(connection, "g")) == (Decision.EXECUTE, True)


@pytest.mark.requirement("barrier.query-prepared-waits")
def test_query_prepared_that_waited_for_a_rollback_says_no_and_bars_the_next(race: Race) -> None:
    call = message_call("g")

    answers = race.run(call, lambda connection: query_prepared(connection, "g"), fails=True)

    assert answers == ("rolled back", False)
    connection = race.open()
    assert run_in_barrier(connection, call, lambda: None) is Decision.HANGING
    connection.close()
