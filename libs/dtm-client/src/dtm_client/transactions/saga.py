"""The conversations of a saga."""

from dtm_client.protocol.messages import saga_request
from dtm_client.protocol.validation import check_saga
from dtm_client.transactions.conversation import Conversation
from dtm_client.transactions.resolve import outcome_of
from dtm_client.transactions.retry import Retry
from dtm_client.transactions.status import AskStatus, current_state
from dtm_client.transactions.submit import submit
from dtm_client.transactions.wait import settle
from dtm_client.values.outcome import Outcome
from dtm_client.values.saga import Saga
from dtm_client.values.status import Status


def submit_saga(saga: Saga, ask_status: AskStatus, retry: Retry, *, wait: bool) -> Conversation[Outcome]:
    """Submit a saga whose gid is new."""
    check_saga(saga)
    return (yield from submit(saga_request(saga, wait=wait), ask_status, ask_status, retry))


def resume_saga(saga: Saga, ask_status: AskStatus, retry: Retry, *, wait: bool) -> Conversation[Outcome]:
    """Ask first, and submit only what the manager has not got: a repeat never starts a second runner."""
    check_saga(saga)
    # Without an answer nothing is submitted: it might be a repeat.
    state = yield from current_state(ask_status, retry)
    if state.status is Status.UNKNOWN_GID:
        return (yield from submit(saga_request(saga, wait=wait), ask_status, ask_status, retry))
    return (yield from settle(outcome_of(state), ask_status, retry, wait=wait))
