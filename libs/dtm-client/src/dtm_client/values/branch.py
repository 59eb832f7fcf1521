"""One call of one branch, as the barrier tells calls apart."""

from dataclasses import dataclass

from dtm_client.values.status import Mode, Operation


@dataclass(frozen=True, slots=True)
class BranchCall:
    """What DTM asks of a branch: which transaction, which branch of it, and which of the branch's operations."""

    gid: str
    mode: Mode
    branch_id: str
    operation: Operation

    @property
    def may_refuse(self) -> bool:
        """Whether ABORTED is an answer that DTM understands, instead of one it retries for ever.

        The steps of a message are named ``action`` too, but a message is never undone.
        """
        if self.mode is Mode.MESSAGE:
            return self.operation is Operation.MESSAGE
        return self.operation.may_refuse


def message_call(gid: str) -> BranchCall:
    """The call under which a message's own local transaction passes the barrier, and is asked for by query-prepared."""
    return BranchCall(gid, Mode.MESSAGE, "00", Operation.MESSAGE)
