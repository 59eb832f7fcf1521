"""Is the manager there? DTM serves no gRPC health service, so one of its own calls is made."""

from google.protobuf.empty_pb2 import Empty

from dtm_client.errors import ServerUnavailable
from dtm_client.transactions.conversation import Call, Conversation, Method, ask
from dtm_client.transactions.retry import Retry


def ping(retry: Retry) -> Conversation[None]:
    """Ask for a new gid, which changes nothing, until an answer comes; raise ServerUnavailable at the deadline."""
    while True:
        answer = yield from ask(Call(Method.NEW_GID, Empty(), retry.plain_timeout()))
        if answer.ok:
            return
        if not (yield from retry.pause()):
            raise ServerUnavailable(f"no answer within the deadline: {answer.code.name} {answer.text}")
