"""Submit: once if possible, again only if the manager has not got it, and the truth at the end."""

from dtm_client.errors import ServerUnavailable
from dtm_client.protocol.dtm_pb2 import DtmRequest
from dtm_client.transactions.conversation import Answer, Call, Conversation, Method, ask
from dtm_client.transactions.resolve import is_transient, outcome_of, read_submit
from dtm_client.transactions.retry import Retry
from dtm_client.transactions.status import AskStatus, ask_until_answered
from dtm_client.transactions.wait import settle
from dtm_client.values.outcome import NotStored, Outcome, Submitted
from dtm_client.values.status import Status, TransactionState


def submit(request: DtmRequest, ask_status: AskStatus, ask_final: AskStatus, retry: Retry) -> Conversation[Outcome]:
    """Submit and return what became of it; raise ServerUnavailable when that cannot be known within the deadline.

    A second Submit of a stored transaction starts a second runner (measured), so a lost or ambiguous answer is resolved
    by ``ask_status``, and Submit is repeated only if the manager has not got it. When the request has WaitResult,
    ``ask_final`` is asked on until the transaction is final; it is asked only once the Submit is known to have arrived.
    """
    waits = request.TransOptions.WaitResult
    while True:
        timeout = retry.long_timeout() if waits else retry.plain_timeout()
        answer = yield from ask(Call(Method.SUBMIT, request, timeout, unattended=waits))
        outcome = read_submit(answer, waited=waits)
        if outcome is None:
            state = yield from ask_until_answered(ask_status, retry)
            outcome = _resolve(answer, state, waits=waits)
        if outcome is not None:
            return (yield from settle(outcome, ask_final, retry, wait=waits))
        if not (yield from retry.pause()):
            raise ServerUnavailable(f"Submit was not answered within the deadline: {answer.code.name} {answer.text}")


def _resolve(answer: Answer, state: TransactionState | None, *, waits: bool) -> Outcome | None:
    """Return what the status proves; None when it proves that the Submit has not arrived, or proves nothing."""
    if state is None or state.status is Status.PREPARED:
        return None
    if state.status is Status.UNKNOWN_GID:
        return None if is_transient(answer) else NotStored(answer.text)
    if state.status is Status.SUBMITTED and not waits:
        return Submitted()
    return outcome_of(state)
