"""How the logic talks to a driver: it yields a question, is sent the answer, and returns its result.

The logic knows neither sockets nor event loops, so one text serves asyncio, threads and tests.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, TypeVar

from google.protobuf.empty_pb2 import Empty
from grpc import StatusCode

from dtm_client.protocol.dtm_pb2 import DtmBranchRequest, DtmRequest

Metadata: TypeAlias = Sequence[tuple[str, str | bytes]]


class Method(StrEnum):
    """The calls of the service ``dtmgimp.Dtm`` that a conversation makes."""

    NEW_GID = "NewGid"
    PREPARE = "Prepare"
    SUBMIT = "Submit"
    ABORT = "Abort"
    REGISTER_BRANCH = "RegisterBranch"


@dataclass(frozen=True, slots=True)
class Call:
    """Call the transaction manager; answered by an ``Answer``, which is DEADLINE_EXCEEDED after ``timeout`` seconds.

    An ``unattended`` call goes on at the manager when nobody waits for it any more, be it that its time was up or that
    the caller was cancelled: DTM hands the end of a waiting Submit on to the branch it is calling at that moment, and
    calls that branch again after 20 seconds only (measured on 1.19.0, for TCC and messages).
    """

    method: Method
    request: DtmRequest | DtmBranchRequest | Empty
    timeout: float
    unattended: bool = False


@dataclass(frozen=True, slots=True)
class CallBranch:
    """Call a branch as the manager would; answered by an ``Answer``."""

    url: str
    payload: bytes
    metadata: Metadata
    timeout: float


@dataclass(frozen=True, slots=True)
class Query:
    """GET a path of the manager's HTTP API; answered by an ``HttpAnswer``, or by None when none came.

    With a ``body``, which is JSON, it is a POST.
    """

    path: str
    timeout: float
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Let time pass; answered by None."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """How a gRPC call ended; ``code`` is what the caller saw, which says nothing certain about the other side."""

    code: StatusCode
    text: str = ""
    body: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether the other side said so."""
        return self.code is StatusCode.OK


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole HTTP answer."""

    status: int
    body: bytes


Question: TypeAlias = Call | CallBranch | Query | Pause
Reply: TypeAlias = Answer | HttpAnswer | None

T = TypeVar("T")
Conversation: TypeAlias = Generator[Question, Reply, T]


def ask(question: Call | CallBranch) -> Conversation[Answer]:
    """Make a gRPC call."""
    reply = yield question
    assert isinstance(reply, Answer)
    return reply


def look_up(query: Query) -> Conversation[HttpAnswer | None]:
    """Make an HTTP request."""
    reply = yield query
    assert not isinstance(reply, Answer)
    return reply
