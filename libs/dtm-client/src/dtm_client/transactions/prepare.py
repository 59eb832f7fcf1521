"""Prepare and RegisterBranch: both safe to repeat, so they are repeated until answered."""

from dtm_client.errors import ServerUnavailable, TransactionRefused
from dtm_client.protocol.dtm_pb2 import DtmBranchRequest, DtmRequest
from dtm_client.protocol.replies import says_duplicate_branch, says_not_prepared
from dtm_client.transactions.conversation import Call, Conversation, Method, ask
from dtm_client.transactions.resolve import is_transient
from dtm_client.transactions.retry import Retry
from dtm_client.transactions.status import read_state
from dtm_client.values.status import Status, TransactionState


def prepare(request: DtmRequest, retry: Retry) -> Conversation[TransactionState]:
    """Prepare, and return where the transaction stands: past ``prepared`` when this gid was used before.

    Raise TransactionRefused when the manager will not store it, ServerUnavailable when it did not answer in time.
    """
    while True:
        answer = yield from ask(Call(Method.PREPARE, request, retry.plain_timeout()))
        if answer.ok:
            return TransactionState(Status.PREPARED)
        if (state := read_state(answer)) is not None:
            return state
        if not is_transient(answer):
            raise TransactionRefused(f"Prepare was refused: {answer.code.name} {answer.text}")
        if not (yield from retry.pause()):
            raise ServerUnavailable(f"Prepare was not answered within the deadline: {answer.code.name} {answer.text}")


def register(request: DtmBranchRequest, retry: Retry) -> Conversation[bool]:
    """Register a branch; False when the transaction is past the state in which it takes branches, or unknown.

    A registration that was there before is a repeat of our own. Raise as ``prepare`` does.
    """
    while True:
        answer = yield from ask(Call(Method.REGISTER_BRANCH, request, retry.plain_timeout()))
        if answer.ok or says_duplicate_branch(answer.text):
            return True
        if says_not_prepared(answer.text):
            return False
        if not is_transient(answer):
            raise TransactionRefused(f"RegisterBranch was refused: {answer.code.name} {answer.text}")
        if not (yield from retry.pause()):
            raise ServerUnavailable(f"RegisterBranch was not answered: {answer.code.name} {answer.text}")
