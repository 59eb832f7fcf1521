"""Abort: undo what is not submitted yet, or learn that it is too late."""

from dtm_client.errors import ServerUnavailable, TransactionRefused
from dtm_client.protocol.dtm_pb2 import DtmRequest
from dtm_client.transactions.conversation import Call, Conversation, Method, ask
from dtm_client.transactions.resolve import is_transient, outcome_of
from dtm_client.transactions.retry import Retry
from dtm_client.transactions.status import AskStatus, ask_until_answered, read_state
from dtm_client.transactions.wait import settle
from dtm_client.values.outcome import Outcome, RolledBack, RollingBack
from dtm_client.values.status import Mode, Status


def abort(request: DtmRequest, ask_status: AskStatus, retry: Retry, *, wait: bool) -> Conversation[Outcome]:
    """Abort and return what became of the transaction, which is success when somebody submitted it before.

    A repeat of an Abort that arrived would run the cancels twice at once, so after a lost answer the status is asked
    first. Raise TransactionRefused when it was refused and the transaction is not on its way to an end either,
    ServerUnavailable when no answer came.
    """
    while True:
        answer = yield from ask(Call(Method.ABORT, request, retry.plain_timeout()))
        if answer.ok:
            # A message has nothing to undo; a TCC transaction now runs its cancels.
            outcome_type = RolledBack if request.TransType == Mode.MESSAGE else RollingBack
            return (yield from settle(outcome_type(request.RollbackReason), ask_status, retry, wait=wait))
        state = read_state(answer)
        if state is None:
            # Once after a refusal, too: DTM says "storage: NotFound" to an Abort that another overtook, and on MySQL to
            # one that repeats another within a second.
            state = yield from (ask_until_answered(ask_status, retry) if is_transient(answer) else ask_status(retry))
        if state is not None and state.status is not Status.PREPARED:
            return (yield from settle(outcome_of(state), ask_status, retry, wait=wait))
        if not is_transient(answer):
            raise TransactionRefused(f"Abort was refused: {answer.code.name} {answer.text}")
        if not (yield from retry.pause()):
            raise ServerUnavailable(f"Abort was not answered within the deadline: {answer.code.name} {answer.text}")
