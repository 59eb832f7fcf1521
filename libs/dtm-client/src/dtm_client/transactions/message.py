"""The conversations of a two-phase message."""

from grpc import StatusCode

from dtm_client.protocol.messages import abort_request, message_request
from dtm_client.protocol.metadata import MESSAGE_BRANCH, branch_metadata
from dtm_client.protocol.replies import ONGOING
from dtm_client.protocol.validation import check_message
from dtm_client.transactions.abort import abort
from dtm_client.transactions.conversation import CallBranch, Conversation, ask
from dtm_client.transactions.prepare import prepare
from dtm_client.transactions.retry import Retry
from dtm_client.transactions.status import AskStatus, by_preparing_again
from dtm_client.transactions.submit import submit
from dtm_client.values.message import Message
from dtm_client.values.outcome import Outcome
from dtm_client.values.status import Mode, Operation, TransactionState


def prepare_message(message: Message, retry: Retry) -> Conversation[TransactionState]:
    """Store the message without delivering it; see ``prepare``."""
    check_message(message, prepared=True)
    return (yield from prepare(message_request(message), retry))


def submit_message(
    message: Message, by_http: AskStatus | None, by_probe: AskStatus, retry: Retry, *, wait: bool
) -> Conversation[Outcome]:
    """Deliver the message.

    The probe would abort a message that is still prepared. Without HTTP a lost Submit of such a message is therefore
    resolved by preparing it once more, and the probe is used only when the Submit has certainly arrived.
    """
    check_message(message, prepared=False)
    cautious = by_preparing_again(message_request(message)) if message.query_prepared else by_probe
    request = message_request(message, wait=wait)
    return (yield from submit(request, by_http or cautious, by_http or by_probe, retry))


def decide_message(
    message: Message, by_http: AskStatus | None, by_probe: AskStatus, manager: str, retry: Retry
) -> Conversation[None]:
    """Submit or abort as query-prepared says, when it is not known whether the local transaction committed.

    Where query-prepared says neither, the message is left as it is: DTM asks again by itself.
    """
    committed = yield from _ask_query_prepared(message, manager, retry)
    if committed is True:
        yield from submit_message(message, by_http, by_probe, retry, wait=False)
    elif committed is False:
        request = abort_request(message.gid, Mode.MESSAGE, "the local transaction did not commit")
        yield from abort(request, by_http or by_probe, retry, wait=False)


def _ask_query_prepared(message: Message, manager: str, retry: Retry) -> Conversation[bool | None]:
    headers = message.options.branch_headers
    metadata = branch_metadata(message.gid, Mode.MESSAGE, MESSAGE_BRANCH, Operation.MESSAGE, manager, headers)
    while True:
        # The branch blocks as long as the local transaction is open, so a timeout here is no verdict.
        answer = yield from ask(CallBranch(message.query_prepared, b"", metadata, retry.plain_timeout()))
        if answer.ok:
            return True
        if answer.code is StatusCode.ABORTED and answer.text != ONGOING:
            return False
        if not (yield from retry.pause()):
            return None
