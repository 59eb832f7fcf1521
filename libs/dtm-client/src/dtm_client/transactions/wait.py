"""Waiting for the end of a transaction that the manager runs by itself."""

from dtm_client.transactions.conversation import Conversation
from dtm_client.transactions.resolve import outcome_of
from dtm_client.transactions.retry import Retry
from dtm_client.transactions.status import AskStatus
from dtm_client.values.outcome import Outcome, RolledBack, RollingBack, StillRunning
from dtm_client.values.status import Status


def settle(outcome: Outcome, ask_final: AskStatus, retry: Retry, *, wait: bool) -> Conversation[Outcome]:
    """Return ``outcome`` if it is final or nobody waits, else what it has become at the end or at the deadline."""
    if wait and isinstance(outcome, RollingBack | StillRunning):
        return (yield from wait_until_final(outcome, ask_final, retry))
    if isinstance(outcome, RolledBack) and not outcome.reason:
        # The text of a refusal tells the status without the reason; ask once.
        state = yield from ask_final(retry)
        if state is not None and state.status is Status.FAILED:
            return outcome_of(state)
    return outcome


def wait_until_final(known: Outcome, ask_final: AskStatus, retry: Retry) -> Conversation[Outcome]:
    """Ask until the transaction is final, or the deadline has come; ``known`` is what is true meanwhile.

    A reason and a cause that were known once are kept, for not every answer repeats them. A gid that was stored and is
    unknown later has been forgotten, not undone: then ``known`` is all that can be said.
    """
    while True:
        state = yield from ask_final(retry)
        if state is not None and state.status is Status.UNKNOWN_GID:
            return known
        if state is not None:
            found = outcome_of(state, reason=known.reason if isinstance(known, RollingBack) else "")
            if state.status.final:
                return found
            if type(found) is not type(known):
                known = found
        if not (yield from retry.pause()):
            return known
