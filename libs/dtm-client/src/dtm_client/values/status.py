"""Where a global transaction stands at the transaction manager."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """DTM's name of each kind of transaction."""

    SAGA = "saga"
    TCC = "tcc"
    MESSAGE = "msg"


class Status(StrEnum):
    """DTM's name of each state; ``UNKNOWN_GID`` is this client's name for "no such transaction"."""

    PREPARED = "prepared"
    SUBMITTED = "submitted"
    ABORTING = "aborting"
    SUCCEEDED = "succeed"
    FAILED = "failed"
    UNKNOWN_GID = "unknown"

    @property
    def final(self) -> bool:
        """Whether nothing more will happen."""
        return self in {Status.SUCCEEDED, Status.FAILED}


@dataclass(frozen=True, slots=True)
class TransactionState:
    """What the manager says of a transaction; ``reason`` says why it is undone, where the manager told it."""

    status: Status
    reason: str = ""


class Operation(StrEnum):
    """What a branch call asks for: the ``dtm-op`` metadata."""

    ACTION = "action"
    COMPENSATE = "compensate"
    TRY = "try"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    MESSAGE = "msg"

    @property
    def may_refuse(self) -> bool:
        """Whether ABORTED is an answer that DTM understands, instead of one it retries for ever.

        The action of a *message* may not, though it carries the same name: see ``BranchCall.may_refuse``.
        """
        return self in {Operation.ACTION, Operation.TRY, Operation.MESSAGE}
