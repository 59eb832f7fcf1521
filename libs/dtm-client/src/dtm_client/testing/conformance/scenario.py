"""What a scenario is: the calls of a client, the scripted answers of the branches, and all that must come of it.

Scenarios are data. `GID` and `BRANCHES` stand for the transaction's id and for the address of the recording branch
server, which are chosen anew for each run; they are replaced in everything that is sent and in everything expected.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from google.protobuf.message import Message
from grpc import StatusCode

from dtm_client.testing.conformance.kinds import Kind

GID = "{gid}"
BRANCHES = "{branches}"
# What an unconfigured server allows one branch call.
REQUEST_TIMEOUT = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that the embedded coordinator does otherwise than DTM on purpose."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Mark:
    """The arrival of a branch call: its ``attempt``-th, counted from 1."""

    branch: str
    operation: str
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What a branch answers: not before each call in ``after`` has arrived and, if ``held``, not before its release."""

    code: StatusCode = StatusCode.OK
    text: str = ""
    after: tuple[Mark, ...] = ()
    held: bool = False


@dataclass(frozen=True, slots=True)
class Send:
    """A call to the server, and how it must be answered; "…" in ``text`` stands for any characters.

    ``also`` is another code that is right, with any text, where it depends on the moment or on what was there before.
    """

    method: str
    request: Message
    code: StatusCode = StatusCode.OK
    text: str = ""
    metadata: tuple[tuple[str, str], ...] = ()
    also: StatusCode | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """An operator's POST of a gid to a path below ``/api/dtmsvr/``, and the HTTP status that must answer it."""

    path: str
    status: int = 200
    gid: str = GID


@dataclass(frozen=True, slots=True)
class Await:
    """Go on when that branch call has arrived."""

    mark: Mark


@dataclass(frozen=True, slots=True)
class Release:
    """Let the held answer to that branch call go."""

    mark: Mark


@dataclass(frozen=True, slots=True)
class Reach:
    """Go on when the transaction has this status; ask no sooner of a message that may still be prepared.

    Asking is an Abort, which is refused with the status in its text by everything but a prepared message.
    """

    status: str
    gid: str = GID


@dataclass(frozen=True, slots=True)
class Shows:
    """The HTTP API must show this in a field of the transaction, None for no such field; not asked without HTTP API."""

    field: str
    value: str | int | None
    gid: str = GID


Move = Send | Post | Await | Release | Reach | Shows


@dataclass(frozen=True, slots=True)
class Call:
    """One branch call, whole: its method, payload bytes and all metadata that is not gRPC's own."""

    branch: str
    operation: str
    method: str
    payload: bytes
    mode: str
    headers: tuple[tuple[str, str | bytes], ...] = ()
    gid: str = GID


@dataclass(frozen=True, slots=True)
class Together:
    """Calls whose order among one another is open."""

    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """One call, once or more often in a row."""

    call: Call


Expected = Call | Together | Repeated


@dataclass(frozen=True, slots=True)
class Scenario:
    """``calls`` are all branch calls from beginning to end, in their order of arrival, each gid by itself.

    ``script`` maps (branch, operation) to the answers of successive attempts; later ones are answered OK.
    ``deadline`` is the most seconds that a branch call may be given, ``most_in_flight`` the largest number of branch
    calls at work at once. ``difference`` names why another kind of server is expected to do otherwise, and ``servers``
    are those of which this is expected. A scenario with a ``Post`` is left out where the HTTP API is not known.
    """

    name: str
    moves: tuple[Move, ...]
    calls: tuple[Expected, ...] = ()
    script: Mapping[tuple[str, str], tuple[Answer, ...]] = field(default_factory=dict)
    deadline: int = REQUEST_TIMEOUT
    most_in_flight: int | None = None
    difference: Difference | None = None
    servers: frozenset[Kind] = frozenset(Kind)
