"""The barrier on SQLite against a model of what each branch has been through."""

import sqlite3

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from dtm_client.barrier.decision import Decision
from dtm_client.barrier.dialects import SQLITE
from dtm_client.barrier.over.sqlite3 import query_prepared, run_in_barrier
from dtm_client.values.branch import BranchCall, message_call
from dtm_client.values.status import Mode, Operation

pytestmark = pytest.mark.requirement("barrier.model")

GIDS = st.sampled_from(["g", "G", "g1"])
BRANCHES = st.sampled_from(["01", "02"])
PAIRS = st.sampled_from(
    [(Mode.SAGA, Operation.ACTION, Operation.COMPENSATE), (Mode.TCC, Operation.TRY, Operation.CANCEL)]
)
Key = tuple[str, Mode, str]


class BrokenBusiness(Exception):
    pass


class Barrier(RuleBasedStateMachine):
    """``done`` and ``undone`` are the effects of the business; each may happen once, and never in the wrong order."""

    def __init__(self) -> None:
        super().__init__()
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.execute(SQLITE.table)
        self.connection.execute("create table effects (gid, mode, branch_id, op)")
        self.done: set[Key] = set()
        self.undone: set[Key] = set()
        self.barred: set[Key] = set()
        self.confirmed: set[Key] = set()
        self.told: set[Key] = set()
        self.committed: set[str] = set()
        self.closed: set[str] = set()

    def call(self, call: BranchCall) -> Decision:
        row = (call.gid, call.mode.value, call.branch_id, call.operation.value)
        return run_in_barrier(
            self.connection, call, lambda: self.connection.execute("insert into effects values (?, ?, ?, ?)", row)
        )

    @rule(gid=GIDS, branch=BRANCHES, pair=PAIRS)
    def do(self, gid: str, branch: str, pair: tuple[Mode, Operation, Operation]) -> None:
        mode, operation, _ = pair
        key = (gid, mode, branch)
        expected = (
            Decision.HANGING
            if key in self.undone | self.barred
            else Decision.DUPLICATE
            if key in self.done
            else Decision.EXECUTE
        )
        assert self.call(BranchCall(gid, mode, branch, operation)) is expected
        if expected is Decision.EXECUTE:
            self.done.add(key)

    @rule(gid=GIDS, branch=BRANCHES, pair=PAIRS)
    def undo(self, gid: str, branch: str, pair: tuple[Mode, Operation, Operation]) -> None:
        mode, _, operation = pair
        key = (gid, mode, branch)
        expected = (
            Decision.DUPLICATE
            if key in self.undone | self.barred
            else Decision.EXECUTE
            if key in self.done
            else Decision.EMPTY_COMPENSATION
        )
        assert self.call(BranchCall(gid, mode, branch, operation)) is expected
        if expected is Decision.EXECUTE:
            self.undone.add(key)
        elif expected is Decision.EMPTY_COMPENSATION:
            self.barred.add(key)

    @rule(gid=GIDS, branch=BRANCHES)
    def confirm(self, gid: str, branch: str) -> None:
        self.once(BranchCall(gid, Mode.TCC, branch, Operation.CONFIRM), self.confirmed)

    @rule(gid=GIDS, branch=BRANCHES)
    def tell(self, gid: str, branch: str) -> None:
        self.once(BranchCall(f"m-{gid}", Mode.MESSAGE, branch, Operation.ACTION), self.told)

    def once(self, call: BranchCall, seen: set[Key]) -> None:
        key = (call.gid, call.mode, call.branch_id)
        assert self.call(call) is (Decision.DUPLICATE if key in seen else Decision.EXECUTE)
        seen.add(key)

    @rule(gid=GIDS)
    def commit_locally(self, gid: str) -> None:
        expected = (
            Decision.HANGING
            if gid in self.closed
            else Decision.DUPLICATE
            if gid in self.committed
            else Decision.EXECUTE
        )
        assert self.call(message_call(gid)) is expected
        if expected is Decision.EXECUTE:
            self.committed.add(gid)

    @rule(gid=GIDS)
    def ask(self, gid: str) -> None:
        assert query_prepared(self.connection, gid) is (gid in self.committed)
        if gid not in self.committed:
            self.closed.add(gid)

    @rule(gid=GIDS, branch=BRANCHES, pair=PAIRS)
    def break_down(self, gid: str, branch: str, pair: tuple[Mode, Operation, Operation]) -> None:
        """A business that raises leaves nothing behind, so the next call of the same kind runs it."""

        def business() -> None:
            self.connection.execute("insert into effects values ('left', 'behind', '', '')")
            raise BrokenBusiness

        mode, operation, _ = pair
        try:
            decision = run_in_barrier(self.connection, BranchCall(gid, mode, branch, operation), business)
        except BrokenBusiness:
            assert (gid, mode, branch) not in self.done | self.barred
        else:
            assert decision is not Decision.EXECUTE

    @invariant()
    def the_business_ran_as_often_as_the_model_says(self) -> None:
        rows = self.connection.execute("select count(*), count(distinct gid || mode || branch_id || op) from effects")
        ran, distinct = rows.fetchone()
        steps = len(self.done) + len(self.undone) + len(self.confirmed) + len(self.told)
        assert ran == distinct == steps + len(self.committed)
        assert self.undone <= self.done
        assert not self.connection.in_transaction

    def teardown(self) -> None:
        self.connection.close()


TestBarrier = Barrier.TestCase
TestBarrier.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
