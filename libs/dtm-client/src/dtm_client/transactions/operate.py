"""What an operator does to a stuck transaction: let it be called now, or let it be."""

from dtm_client.errors import ServerUnavailable
from dtm_client.protocol.operating import RETRY_PATH, STOP_PATH, gid_body, heeds_retry, read_operation
from dtm_client.protocol.query import query_path, read_query
from dtm_client.transactions.conversation import Conversation, Query, look_up
from dtm_client.transactions.retry import Retry
from dtm_client.transactions.status import by_http, current_state
from dtm_client.values.hurried import Due, Hurried, NotHurried
from dtm_client.values.status import Status, TransactionState

_SERVER_ERROR = 500
_UNHEEDED = "this DTM answers the request and changes nothing, as it does on boltdb and Redis: it calls at its own time"


def hurry(gid: str, retry: Retry) -> Conversation[Hurried]:
    """Let the manager call now what it would repeat later; nothing is sent where it would change nothing.

    On Redis DTM would write the whole record back, over what a runner may have written meanwhile.
    """
    while True:
        found = yield from look_up(Query(query_path(gid), retry.plain_timeout()))
        if found is not None and found.status < _SERVER_ERROR:
            break
        yield from _pause(retry)
    state = read_query(found.status, found.body)
    if state.status is Status.UNKNOWN_GID:
        return NotHurried("the manager knows nothing of this gid")
    if state.status.final:
        return NotHurried(f"it is final: its status is {state.status}")
    if not heeds_retry(found.body):
        return NotHurried(_UNHEEDED)
    done = yield from _operate(RETRY_PATH, gid, retry)
    return Due() if done else NotHurried("the manager knows nothing of this gid any more")


def stop(gid: str, retry: Retry) -> Conversation[TransactionState]:
    """Let the manager call the transaction no more, and return where it stands then. Safe to repeat."""
    yield from _operate(STOP_PATH, gid, retry)
    return (yield from current_state(by_http(gid), retry))


def _operate(path: str, gid: str, retry: Retry) -> Conversation[bool]:
    """Ask until it is answered; True if it was done, False if there is nothing to do it to."""
    while True:
        answer = yield from look_up(Query(path, retry.plain_timeout(), gid_body(gid)))
        done = None if answer is None else read_operation(answer.status, answer.body)
        if done is not None:
            return done
        yield from _pause(retry)


def _pause(retry: Retry) -> Conversation[None]:
    if not (yield from retry.pause()):
        raise ServerUnavailable("the manager's HTTP API did not answer within the deadline")
