"""From DTM's answers to an outcome, or to the knowledge that the answer decides nothing.

ABORTED does not mean "undone": with WaitResult it also says that a round ended without success, or repeats the code
that some branch answered. UNAVAILABLE does not mean that DTM is away: it may be a branch's. Only texts and statuses
count.
"""

from grpc import StatusCode

from dtm_client.protocol.replies import refusal_reason, says_still_running
from dtm_client.transactions.conversation import Answer
from dtm_client.transactions.status import read_state
from dtm_client.values.outcome import NotStored, Outcome, RolledBack, RollingBack, StillRunning, Submitted, Succeeded
from dtm_client.values.status import Status, TransactionState

# Codes that gRPC itself gives when an answer did not arrive, and DTM's for an error of its store.
_TRANSIENT = {
    StatusCode.UNAVAILABLE,
    StatusCode.DEADLINE_EXCEEDED,
    StatusCode.CANCELLED,
    StatusCode.UNKNOWN,
}


def read_submit(answer: Answer, *, waited: bool) -> Outcome | None:
    """Return what an answer to Submit proves; None when only the status can tell."""
    if answer.ok:
        return Succeeded() if waited else Submitted()
    if (reason := refusal_reason(answer.text)) is not None:
        return RollingBack(reason)
    if says_still_running(answer.text):
        return StillRunning(answer.text)
    state = read_state(answer)
    return None if state is None else outcome_of(state)


def outcome_of(state: TransactionState, *, reason: str = "") -> Outcome:
    """Return the outcome that a state stands for; ``reason`` fills in where the manager told none."""
    match state.status:
        case Status.SUCCEEDED:
            return Succeeded()
        case Status.FAILED:
            return RolledBack(state.reason or reason)
        case Status.ABORTING:
            return RollingBack(state.reason or reason)
        case Status.UNKNOWN_GID:
            return NotStored(reason or "the manager knows nothing of this gid")
        case Status.PREPARED | Status.SUBMITTED:
            return StillRunning(f"its status is {state.status}")


def is_transient(answer: Answer) -> bool:
    """Whether the same call may be answered otherwise a moment later."""
    return answer.code in _TRANSIENT
