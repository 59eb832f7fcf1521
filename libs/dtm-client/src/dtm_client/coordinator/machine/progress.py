"""How a transaction gets on: which calls come next, and when nothing is left to call."""

from collections.abc import Callable
from dataclasses import replace

from dtm_client.coordinator.effects import Call, Transition
from dtm_client.coordinator.machine.message import next_step, query
from dtm_client.coordinator.machine.saga import runnable_actions, runnable_compensations
from dtm_client.coordinator.machine.tcc import next_cancel, next_confirm
from dtm_client.coordinator.machine.timing import base_interval, request_timeout
from dtm_client.coordinator.machine.transaction import Round, Transaction
from dtm_client.values.status import Mode, Status


def runnable(transaction: Transaction) -> list[int]:
    """Return the indexes of the branches whose turn it is, called already or not. Empty: this phase is done."""
    turn = _TURNS.get((transaction.mode, transaction.status))
    return [] if turn is None else turn(transaction)


def begin(transaction: Transaction, at: float, *, decides: bool = False) -> Transition:
    """Start a first round, or one that knows nothing of the last: everything runs now, or when its time begins."""
    fresh = Round(base_interval(transaction.options))
    if transaction.begins > at:
        fresh = replace(fresh, resting=frozenset(range(len(transaction.branches))), due=transaction.begins)
    return advance(replace(transaction, updated=at, round=fresh), at, decides=decides)


def undo(transaction: Transaction, reason: str, at: float) -> Transition:
    """Decide that the transaction is undone, and begin with it. What is still being called is not waited for."""
    return begin(replace(transaction, status=Status.ABORTING, reason=reason, begins=0.0), at, decides=True)


def advance(transaction: Transaction, at: float, *, decides: bool = False) -> Transition:
    """Call whatever may be called now, or finish if nothing is left."""
    while skipped := [index for index in _callable(transaction) if not transaction.branches[index].url]:
        for index in skipped:
            transaction = mark(transaction, index, Status.SUCCEEDED, at)
        if transaction.status is Status.PREPARED:
            # A message without query counts as committed, as at DTM.
            submitted = replace(transaction, status=Status.SUBMITTED, begins=at + transaction.delay)
            return begin(submitted, at, decides=True)
    if transaction.status in _FINAL and not runnable(transaction):
        return Transition(_finish(transaction, at), decides=True)
    indexes = _callable(transaction)
    for index in indexes:
        transaction = _count(transaction, index)
    current = replace(transaction.round, calling=transaction.round.calling.union(indexes))
    transaction = replace(transaction, round=current)
    return Transition(transaction, tuple(_call(transaction, index) for index in indexes), decides=decides)


def mark(transaction: Transaction, index: int, status: Status, at: float, *, error: str = "") -> Transaction:
    """Set how far a branch got."""
    finished = 0.0 if status is Status.PREPARED else at
    branch = replace(transaction.branches[index], status=status, updated=at, finished=finished, last_error=error)
    return replace(transaction, branches=(*transaction.branches[:index], branch, *transaction.branches[index + 1 :]))


_TURNS: dict[tuple[Mode, Status], Callable[[Transaction], list[int]]] = {
    (Mode.SAGA, Status.SUBMITTED): runnable_actions,
    (Mode.SAGA, Status.ABORTING): runnable_compensations,
    (Mode.TCC, Status.SUBMITTED): next_confirm,
    (Mode.TCC, Status.ABORTING): next_cancel,
    (Mode.MESSAGE, Status.PREPARED): query,
    (Mode.MESSAGE, Status.SUBMITTED): next_step,
}
_FINAL = {Status.SUBMITTED: Status.SUCCEEDED, Status.ABORTING: Status.FAILED}


def _callable(transaction: Transaction) -> list[int]:
    busy = transaction.round.calling | transaction.round.resting
    return [index for index in runnable(transaction) if index not in busy]


def _finish(transaction: Transaction, at: float) -> Transaction:
    status = _FINAL[transaction.status]
    done = replace(transaction, status=status, updated=at, round=Round(transaction.round.interval))
    return replace(done, finished=at) if status is Status.SUCCEEDED else replace(done, rolled_back=at)


def _count(transaction: Transaction, index: int) -> Transaction:
    branch = transaction.branches[index]
    branch = replace(branch, tries=branch.tries + 1)
    return replace(transaction, branches=(*transaction.branches[:index], branch, *transaction.branches[index + 1 :]))


def _call(transaction: Transaction, index: int) -> Call:
    branch = transaction.branches[index]
    return Call(
        gid=transaction.gid,
        mode=transaction.mode,
        index=index,
        branch_id=branch.branch_id,
        operation=branch.operation,
        url=branch.url,
        payload=branch.payload,
        headers=transaction.options.branch_headers,
        timeout=request_timeout(transaction.options),
    )
