"""What the barrier says of a branch call."""

from enum import StrEnum

from dtm_client.errors import BranchRefused


class Decision(StrEnum):
    """Only EXECUTE lets the business run; after every decision the transaction is committed."""

    EXECUTE = "execute"
    # The same call was done before: answer as then, which is OK.
    DUPLICATE = "duplicate"
    # There is nothing to undo; what would have done it is barred from now on.
    EMPTY_COMPENSATION = "empty_compensation"
    # It comes after its own undo, or after query-prepared said that it will not come.
    HANGING = "hanging"

    def check(self) -> None:
        """Raise BranchRefused if the call came too late, for OK would let its transaction go on to the next step.

        A second runner of one saga does just that after the first has undone it (measured on DTM 1.19.0).
        """
        if self is Decision.HANGING:
            raise BranchRefused("this branch was undone before")
