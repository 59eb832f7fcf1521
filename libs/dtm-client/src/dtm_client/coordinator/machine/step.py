"""The events of a running transaction: a branch answered, a time came, the coordinator was restarted."""

from dataclasses import replace

from dtm_client.coordinator.effects import Transition
from dtm_client.coordinator.machine.answers import BranchAnswer, Meaning, meaning
from dtm_client.coordinator.machine.progress import advance, begin, mark, undo
from dtm_client.coordinator.machine.timing import base_interval, deadline, doubled
from dtm_client.coordinator.machine.transaction import Transaction
from dtm_client.protocol import replies
from dtm_client.values.status import Mode, Operation, Status

_UNREACHABLE = "UNAVAILABLE"


def answered(transaction: Transaction, index: int, answer: BranchAnswer, at: float) -> Transition:
    """A branch call came back. An answer that nobody waits for, such as an action's during undo, is dropped."""
    if index not in transaction.round.calling:
        return Transition(transaction)
    branch = transaction.branches[index]
    current = replace(transaction.round, calling=transaction.round.calling - {index})
    transaction = replace(transaction, round=current, updated=at)
    match meaning(transaction.mode, branch.operation, answer):
        case Meaning.SUCCEEDED:
            return _succeeded(transaction, index, at)
        case Meaning.REFUSED:
            transaction = mark(transaction, index, Status.FAILED, at, error=answer.details)
            if branch.operation is Operation.MESSAGE:
                return Transition(replace(transaction, status=Status.FAILED, rolled_back=at), decides=True)
            return undo(transaction, replies.branch_refused(branch.url, answer.details), at)
        case Meaning.ONGOING:
            interval = base_interval(transaction.options)
        case Meaning.ERROR:
            interval = doubled(current.interval, transaction.options)
    error = f"{answer.code}: {answer.details}"
    transaction = mark(transaction, index, Status.PREPARED, at, error=error)
    return _repeat(transaction, index, answer, interval, at)


def ticked(transaction: Transaction, at: float) -> Transition:
    """A time has come: give up at the deadline, else call what has rested long enough."""
    limit = deadline(transaction)
    if limit is not None and at >= limit:
        return undo(transaction, replies.timed_out(round(limit - transaction.created)), at)
    if transaction.round.due is not None and at >= transaction.round.due:
        return woken(transaction, at)
    return Transition(transaction)


def woken(transaction: Transaction, at: float) -> Transition:
    """Call what rests, now; what waits for its first time goes on waiting."""
    if transaction.begins > at or not transaction.round.resting:
        return Transition(transaction)
    fresh = replace(transaction.round, resting=frozenset(), due=None, cause=None)
    return advance(replace(transaction, round=fresh), at)


def rests_for(transaction: Transaction, target: str) -> bool:
    """Whether something rests because a branch at this target answered that it is unavailable."""
    cause = transaction.round.cause
    if cause is None or cause.code != _UNREACHABLE:
        return False
    return any(transaction.branches[index].url.startswith(f"{target}/") for index in transaction.round.resting)


def restarted(transaction: Transaction, at: float) -> Transition:
    """The process that ran it is gone: make each call again whose answer is not stored, now, from the base interval.

    DTM waits for what is left of the interval. A call that was cut has been missing for as long as the process was
    away, and the branch's barrier knows a repeat.
    """
    return begin(transaction, at)


def _succeeded(transaction: Transaction, index: int, at: float) -> Transition:
    operation = transaction.branches[index].operation
    transaction = mark(transaction, index, Status.SUCCEEDED, at)
    if operation is Operation.MESSAGE:
        return begin(replace(transaction, status=Status.SUBMITTED, begins=at + transaction.delay), at, decides=True)
    fresh = replace(transaction.round, interval=base_interval(transaction.options))
    # A crash may forget that a confirm or a message step succeeded: it is repeated, and what comes after it, too. But a
    # saga may be undone after the crash, and then every action that was called must be known: the one whose turn it is
    # counts as called, so the success that made it its turn must not be forgotten.
    decides = transaction.mode is Mode.SAGA and operation is Operation.ACTION
    return advance(replace(transaction, round=fresh), at, decides=decides)


def _repeat(transaction: Transaction, index: int, answer: BranchAnswer, interval: float, at: float) -> Transition:
    """Let the branch rest; a saga with a retry limit calls again at once until that is used up, then undoes."""
    limit = transaction.options.retry_limit
    if limit > 0 and transaction.mode is Mode.SAGA and transaction.status is Status.SUBMITTED:
        if transaction.repeats >= limit:
            return undo(transaction, replies.retry_limit_reached(limit), at)
        return advance(replace(transaction, repeats=transaction.repeats + 1), at)
    current = transaction.round
    rested = replace(current, resting=current.resting | {index}, cause=answer)
    if current.due is None:
        rested = replace(rested, interval=interval, due=at + interval)
    return advance(replace(transaction, round=rested), at)
