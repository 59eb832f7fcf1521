"""Asking the manager where a transaction stands, without changing anything."""

from collections.abc import Callable
from typing import TypeAlias

from dtm_client.errors import ProtocolViolation, ServerUnavailable
from dtm_client.protocol.dtm_pb2 import DtmRequest
from dtm_client.protocol.messages import status_probe
from dtm_client.protocol.query import query_path, read_query
from dtm_client.protocol.replies import current_status, says_unknown_gid
from dtm_client.transactions.conversation import Answer, Call, Conversation, Method, Query, ask, look_up
from dtm_client.transactions.retry import Retry
from dtm_client.values.status import Status, TransactionState

# One attempt to learn the state; None when no answer came.
AskStatus: TypeAlias = Callable[[Retry], Conversation[TransactionState | None]]

_SERVER_ERROR = 500


def by_http(gid: str) -> AskStatus:
    """Ask DTM's HTTP API: right for every mode, and it tells the rollback reason."""

    def once(retry: Retry) -> Conversation[TransactionState | None]:
        answer = yield from look_up(Query(query_path(gid), retry.plain_timeout()))
        if answer is None or answer.status >= _SERVER_ERROR:
            return None
        return read_query(answer.status, answer.body)

    return once


def by_probe(gid: str) -> AskStatus:
    """Ask by an Abort that DTM refuses; it would abort a message that is ``prepared``, so never use it on one."""

    def once(retry: Retry) -> Conversation[TransactionState | None]:
        answer = yield from ask(Call(Method.ABORT, status_probe(gid), retry.plain_timeout()))
        return read_state(answer)

    return once


def by_preparing_again(request: DtmRequest) -> AskStatus:
    """Ask by repeating a Prepare that was answered before: it changes nothing, and says what came after it."""

    def once(retry: Retry) -> Conversation[TransactionState | None]:
        answer = yield from ask(Call(Method.PREPARE, request, retry.plain_timeout()))
        return TransactionState(Status.PREPARED) if answer.ok else read_state(answer)

    return once


def read_state(answer: Answer) -> TransactionState | None:
    """Return the state that an answer mentions, if it mentions one."""
    if says_unknown_gid(answer.text):
        return TransactionState(Status.UNKNOWN_GID)
    if (name := current_status(answer.text)) is None:
        return None
    try:
        return TransactionState(Status(name))
    except ValueError as error:
        raise ProtocolViolation(f"DTM 1.19 has no status {name!r}: {answer.text}") from error


def current_state(ask_status: AskStatus, retry: Retry) -> Conversation[TransactionState]:
    """Ask until an answer comes; raise ServerUnavailable when the deadline came first."""
    state = yield from ask_until_answered(ask_status, retry)
    if state is None:
        raise ServerUnavailable("the manager did not say where the transaction stands")
    return state


def ask_until_answered(ask_status: AskStatus, retry: Retry) -> Conversation[TransactionState | None]:
    """Ask until an answer comes; None when the deadline came first."""
    while True:
        state = yield from ask_status(retry)
        if state is not None or not (yield from retry.pause()):
            return state
