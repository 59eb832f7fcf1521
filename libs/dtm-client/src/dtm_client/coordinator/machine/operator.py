"""The requests of an operator. Refusals carry DTM's codes and texts."""

from dataclasses import replace

from dtm_client.coordinator.effects import Reply, Transition
from dtm_client.coordinator.machine.step import woken
from dtm_client.coordinator.machine.transaction import Round, Transaction
from dtm_client.protocol import replies
from dtm_client.values.status import Status

_DONE = Reply()


def retry(stored: Transaction | None, gid: str, at: float) -> Transition:
    """Call now what rests; what waits for its first time, and what is final, stays as it is."""
    if stored is None:
        return Transition(None, reply=Reply("INTERNAL", replies.no_such_transaction(gid)))
    return replace(woken(stored, at), reply=_DONE)


def force_stop(stored: Transaction | None, gid: str, at: float) -> Transition:
    """End an unfinished transaction as failed. Nothing is undone, and what is still being called is not waited for."""
    if stored is None:
        return Transition(None, reply=Reply("INTERNAL", replies.no_such_transaction(gid)))
    if stored.status.final:
        return Transition(stored, reply=Reply("ABORTED", replies.cannot_stop(stored.status)))
    stopped = replace(stored, status=Status.FAILED, updated=at, rolled_back=at, round=Round(stored.round.interval))
    return Transition(stopped, reply=_DONE, decides=True)
