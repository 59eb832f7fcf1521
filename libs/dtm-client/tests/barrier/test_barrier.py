import sqlite3
from collections.abc import Iterator

import pytest

from dtm_client.barrier.decision import Decision
from dtm_client.barrier.dialects import MYSQL, SQLITE, Dialect
from dtm_client.barrier.order import Result, Statement, Statements, barrier_statements
from dtm_client.barrier.over.sqlite3 import query_prepared, run_in_barrier
from dtm_client.barrier.query_prepared import query_prepared_statements
from dtm_client.errors import BranchRefused
from dtm_client.values.branch import BranchCall, message_call
from dtm_client.values.status import Mode, Operation


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(":memory:", isolation_level=None)
    opened.execute(SQLITE.table)
    yield opened
    opened.close()


def step(operation: Operation, mode: Mode = Mode.SAGA, branch_id: str = "01") -> BranchCall:
    return BranchCall("g", mode, branch_id, operation)


def nothing() -> None:
    """A business of which only the decision matters."""


@pytest.mark.requirement("barrier.empty-undo")
def test_an_undo_before_its_action_is_empty_and_the_late_action_is_refused(connection: sqlite3.Connection) -> None:
    assert run_in_barrier(connection, step(Operation.COMPENSATE), nothing) is Decision.EMPTY_COMPENSATION
    assert run_in_barrier(connection, step(Operation.ACTION), nothing) is Decision.HANGING


@pytest.mark.requirement("barrier.late-call-refused")
def test_a_repeated_try_after_its_cancel_is_refused(connection: sqlite3.Connection) -> None:
    for operation in (Operation.TRY, Operation.CANCEL):
        assert run_in_barrier(connection, step(operation, Mode.TCC), nothing) is Decision.EXECUTE

    late = run_in_barrier(connection, step(Operation.TRY, Mode.TCC), nothing)

    with pytest.raises(BranchRefused):
        late.check()


def test_a_repeated_action_whose_undo_did_not_run_is_answered_as_before(connection: sqlite3.Connection) -> None:
    run_in_barrier(connection, step(Operation.ACTION), nothing)
    run_in_barrier(connection, step(Operation.COMPENSATE, branch_id="02"), nothing)

    repeated = run_in_barrier(connection, step(Operation.ACTION), nothing)

    assert repeated is Decision.DUPLICATE
    repeated.check()


@pytest.mark.requirement("barrier.late-call-refused")
def test_the_second_runner_of_an_undone_saga_is_stopped_at_its_first_step(connection: sqlite3.Connection) -> None:
    """Measured on DTM 1.19.0: answered OK, it went on to execute the step that the first runner never reached."""
    for branch_id in ("01", "02"):
        run_in_barrier(connection, step(Operation.ACTION, branch_id=branch_id), nothing)
    for branch_id in ("02", "01"):
        run_in_barrier(connection, step(Operation.COMPENSATE, branch_id=branch_id), nothing)

    assert run_in_barrier(connection, step(Operation.ACTION, branch_id="01"), nothing) is Decision.HANGING


@pytest.mark.requirement("barrier.query-prepared-bars")
def test_query_prepared_waits_for_nothing_that_has_not_begun_and_bars_it(connection: sqlite3.Connection) -> None:
    assert query_prepared(connection, "g") is False
    assert run_in_barrier(connection, message_call("g"), nothing) is Decision.HANGING
    assert query_prepared(connection, "g") is False


def test_a_committed_local_transaction_is_found_however_often_it_is_asked_for(connection: sqlite3.Connection) -> None:
    assert run_in_barrier(connection, message_call("g"), nothing) is Decision.EXECUTE
    assert query_prepared(connection, "g") is True
    assert query_prepared(connection, "g") is True
    assert run_in_barrier(connection, message_call("g"), nothing) is Decision.DUPLICATE


def test_the_barrier_of_a_connection_with_implicit_transactions_is_the_same() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute(SQLITE.table)
    assert run_in_barrier(connection, step(Operation.ACTION), nothing) is Decision.EXECUTE
    assert run_in_barrier(connection, step(Operation.ACTION), nothing) is Decision.DUPLICATE
    connection.close()


def statements(conversation: Statements[object], *results: Result) -> tuple[list[Statement], object]:
    yielded = [next(conversation)]
    for result in results:
        try:
            yielded.append(conversation.send(result))
        except StopIteration as end:
            return yielded, end.value
    pytest.fail("more statements than results")


@pytest.mark.parametrize("dialect", [SQLITE, MYSQL], ids=lambda dialect: dialect.name)
def test_an_undo_inserts_its_origin_before_itself(dialect: Dialect) -> None:
    yielded, decision = statements(barrier_statements(step(Operation.CANCEL, Mode.TCC), dialect), Result(0), Result(1))

    assert yielded == [
        Statement(dialect.insert, ("tcc", "g", "01", "try", "01", "cancel")),
        Statement(dialect.insert, ("tcc", "g", "01", "cancel", "01", "cancel")),
    ]
    assert decision is Decision.EXECUTE


@pytest.mark.parametrize("dialect", [SQLITE, MYSQL], ids=lambda dialect: dialect.name)
def test_a_repeated_action_looks_for_its_undo(dialect: Dialect) -> None:
    yielded, decision = statements(
        barrier_statements(step(Operation.ACTION), dialect), Result(0), Result(0, [("action", "action")])
    )

    assert yielded[1] == Statement(dialect.reasons, ("g", "01", "01", "action", "compensate"))
    assert decision is Decision.DUPLICATE


@pytest.mark.parametrize("call", [step(Operation.CONFIRM, Mode.TCC), step(Operation.ACTION, Mode.MESSAGE)])
def test_what_is_never_undone_costs_one_statement(call: BranchCall) -> None:
    assert statements(barrier_statements(call, MYSQL), Result(0)) == (
        [Statement(MYSQL.insert, (call.mode.value, "g", "01", call.operation.value, "01", call.operation.value))],
        Decision.DUPLICATE,
    )


def test_query_prepared_inserts_before_it_reads() -> None:
    yielded, committed = statements(query_prepared_statements("g", MYSQL), Result(0), Result(0, [("msg", "msg")]))

    assert yielded == [
        Statement(MYSQL.insert, ("msg", "g", "00", "msg", "01", "rollback")),
        Statement(MYSQL.reasons, ("g", "00", "01", "msg", "msg")),
    ]
    assert committed is True


@pytest.mark.parametrize("dialect", [SQLITE, MYSQL], ids=lambda dialect: dialect.name)
def test_every_placeholder_has_a_value(dialect: Dialect) -> None:
    assert dialect.insert.count("?") == 6
    assert dialect.reasons.count("?") == 5
