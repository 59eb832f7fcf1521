"""The requests of clients: Prepare, RegisterBranch, Submit, Abort. Refusals carry DTM's codes and texts."""

from dataclasses import replace

from dtm_client.coordinator.effects import Reply, Transition
from dtm_client.coordinator.machine.progress import begin, undo
from dtm_client.coordinator.machine.step import woken
from dtm_client.coordinator.machine.timing import timeout_to_fail
from dtm_client.coordinator.machine.transaction import Branch, Transaction
from dtm_client.protocol import replies
from dtm_client.values.status import Mode, Operation, Status

_DONE = Reply()


def prepare(stored: Transaction | None, new: Transaction, at: float) -> Transition:
    """Store a TCC transaction or a message. A repeat changes nothing, its options included."""
    if stored is None:
        ask_at = at + timeout_to_fail(new.options) if new.mode is Mode.MESSAGE else 0.0
        begun = begin(replace(new, status=Status.PREPARED, begins=ask_at), at, decides=True)
        return replace(begun, reply=_DONE)
    if stored.status is Status.PREPARED:
        return Transition(stored, reply=_DONE)
    return Transition(stored, reply=Reply("ABORTED", replies.cannot_prepare(stored.status)))


def register(stored: Transaction | None, gid: str, cancel: Branch, confirm: Branch) -> Transition:
    """Add a branch to a prepared TCC transaction."""
    if stored is None or stored.status is not Status.PREPARED or stored.mode is not Mode.TCC:
        return Transition(stored, reply=Reply("ABORTED", replies.not_prepared(gid)))
    if any(branch.branch_id == cancel.branch_id for branch in stored.branches):
        return Transition(stored, reply=Reply("UNKNOWN", replies.duplicate_branch()))
    grown = replace(stored, branches=(*stored.branches, cancel, confirm), updated=cancel.created)
    return Transition(grown, reply=_DONE, decides=True)


def submit(stored: Transaction | None, new: Transaction, at: float, *, wait: bool) -> Transition:
    """Start a transaction, or phase two of a prepared one.

    Of a running one there is one runner only, and a repeat makes it call now what rests. Its steps and options are
    those that were stored first.
    """
    if stored is not None and stored.status is Status.SUBMITTED:
        going = woken(stored, at)
    elif stored is None or stored.status is Status.PREPARED:
        accepted = stored or _without_query(new)
        accepted = replace(accepted, status=Status.SUBMITTED, begins=at + accepted.delay if accepted.delay else 0.0)
        going = begin(accepted, at, decides=True)
    else:
        return Transition(stored, reply=Reply("ABORTED", replies.cannot_submit(stored.status)))
    return going if wait else replace(going, reply=_DONE)


def abort(stored: Transaction | None, gid: str, mode: str, reason: str, at: float) -> Transition:
    """Undo a prepared TCC transaction, or drop a prepared message.

    ``mode`` is what the request calls the transaction: DTM drops a message whatever it is called, and undoes nothing
    that is not called TCC. A repeat while it is being undone makes the runner call now what rests.
    """
    if stored is None:
        return Transition(None, reply=Reply("INTERNAL", replies.no_such_transaction(gid)))
    if stored.mode is Mode.MESSAGE and stored.status is Status.PREPARED:
        dropped = replace(stored, status=Status.FAILED, reason=reason, updated=at, rolled_back=at)
        return Transition(replace(dropped, round=replace(stored.round, due=None)), reply=_DONE, decides=True)
    if stored.mode is Mode.TCC and mode == Mode.TCC:
        if stored.status is Status.PREPARED:
            return _answered_after(undo(stored, reason, at), stored)
        if stored.status is Status.ABORTING:
            return _answered_after(woken(stored, at), stored)
    return Transition(stored, reply=Reply("ABORTED", replies.cannot_abort(stored.mode, stored.status)))


def _answered_after(going: Transition, stored: Transaction) -> Transition:
    return going if stored.answer_waits else replace(going, reply=_DONE)


def _without_query(new: Transaction) -> Transaction:
    """A message that was never prepared has nothing to ask for."""
    return replace(new, branches=tuple(one for one in new.branches if one.operation is not Operation.MESSAGE))
