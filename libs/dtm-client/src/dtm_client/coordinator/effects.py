"""What a decision of the machine asks for. The runner performs it, after it is stored where ``decides`` says so."""

from collections.abc import Mapping
from dataclasses import dataclass

from dtm_client.coordinator.machine.transaction import Transaction
from dtm_client.values.status import Mode, Operation


@dataclass(frozen=True, slots=True)
class Call:
    """Call a branch; the answer comes back to the machine under ``index``. ``timeout`` in seconds."""

    gid: str
    mode: Mode
    index: int
    branch_id: str
    operation: Operation
    url: str
    payload: bytes
    headers: Mapping[str, str]
    timeout: float


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a request: the name of a gRPC status code, and its details."""

    code: str = "OK"
    text: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """The transaction after an event, and what is to be done now.

    ``decides``: the calls must not leave before the transaction is stored. ``reply`` answers the request that was the
    event; None leaves the answer to the end of the round. ``transaction`` is None if nothing of this gid is stored.
    """

    transaction: Transaction | None
    calls: tuple[Call, ...] = ()
    reply: Reply | None = None
    decides: bool = False
