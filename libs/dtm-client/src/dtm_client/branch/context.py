"""Who is calling a branch, for what, and how long it waits."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from dtm_client.errors import NotABranchCall
from dtm_client.protocol import metadata as keys
from dtm_client.values.branch import BranchCall
from dtm_client.values.status import Mode, Operation

_current: ContextVar["BranchContext"] = ContextVar("dtm_branch")


@dataclass(frozen=True, slots=True)
class BranchContext(BranchCall):
    """A branch call as it arrived.

    ``manager`` is the address of the transaction manager when its client calls (a try), empty when the manager itself
    does. ``time_remaining`` is in seconds at arrival, None without a deadline; after it, the call is made again even
    while this one is still running.
    """

    manager: str
    time_remaining: float | None


def read_branch_context(metadata: Iterable[tuple[str, str | bytes]], time_remaining: float | None) -> BranchContext:
    """Read DTM's metadata; raise NotABranchCall when it is not all there, or speaks of a mode that is not served."""
    # The first value of a key counts: DTM writes its own before those of the transaction's options.
    found: dict[str, str] = {}
    for key, value in metadata:
        if key.startswith(keys.PREFIX) and isinstance(value, str):
            found.setdefault(key, value)
    try:
        return BranchContext(
            gid=found[keys.GID],
            mode=Mode(found[keys.TRANS_TYPE]),
            branch_id=found[keys.BRANCH_ID],
            operation=Operation(found[keys.OPERATION]),
            manager=found.get(keys.MANAGER, ""),
            time_remaining=time_remaining,
        )
    except KeyError as missing:
        raise NotABranchCall(f"the metadata {missing} of a branch call is missing") from missing
    except ValueError as unknown:
        raise NotABranchCall(f"the branch call is of a kind that is not served: {unknown}") from unknown


def current_branch() -> BranchContext:
    """Return the branch call that the running handler serves; raise LookupError outside of one."""
    return _current.get()


@contextmanager
def entered(branch: BranchContext) -> Iterator[None]:
    """Make ``branch`` the current one within the ``with`` block."""
    token = _current.set(branch)
    try:
        yield
    finally:
        _current.reset(token)
