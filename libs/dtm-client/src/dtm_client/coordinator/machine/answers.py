"""What a branch's answer means: it depends on what the call asked for."""

from dataclasses import dataclass
from enum import Enum, auto

from dtm_client.protocol.replies import ONGOING
from dtm_client.values.status import Mode, Operation


@dataclass(frozen=True, slots=True)
class BranchAnswer:
    """A gRPC status: the name of its code, and its details."""

    code: str
    details: str = ""


class Meaning(Enum):
    """What the coordinator makes of an answer."""

    SUCCEEDED = auto()
    REFUSED = auto()
    ONGOING = auto()
    ERROR = auto()


def meaning(mode: Mode, operation: Operation, answer: BranchAnswer) -> Meaning:
    """Read an answer as DTM does.

    Only a saga's action and a message's query may refuse. ABORTED from anything else is an error like any other, for a
    compensation, a confirm, a cancel or a message step is owed and repeated until it succeeds.
    """
    if answer.code == "OK":
        return Meaning.SUCCEEDED
    if answer.code == "FAILED_PRECONDITION" or (answer.code == "ABORTED" and answer.details == ONGOING):
        return Meaning.ONGOING
    if answer.code == "ABORTED" and (mode, operation) in _MAY_REFUSE:
        return Meaning.REFUSED
    return Meaning.ERROR


_MAY_REFUSE = {(Mode.SAGA, Operation.ACTION), (Mode.MESSAGE, Operation.MESSAGE)}
