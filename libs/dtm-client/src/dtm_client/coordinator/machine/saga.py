"""The order of a saga's calls. Step n has its compensate at index 2n and its action at 2n + 1, as DTM stores them."""

from dtm_client.coordinator.machine.transaction import Transaction
from dtm_client.values.status import Status


def runnable_actions(saga: Transaction) -> list[int]:
    """Return the indexes of actions that are to be called now: not done, and all that they wait for succeeded."""
    return [2 * step + 1 for step in _steps(saga) if _action(saga, step) is Status.PREPARED and _ready(saga, step)]


def runnable_compensations(saga: Transaction) -> list[int]:
    """Return the indexes of compensations that are to be called now.

    A step is undone after every started step that waited for it: in reverse, for a saga that runs in order. Its failed
    step is compensated too, for only the branch's barrier knows how much of it was done.
    """
    owed = {step for step in _steps(saga) if _started(saga, step) and _compensation(saga, step) is not Status.SUCCEEDED}
    return [2 * step for step in reversed(_steps(saga)) if step in owed and not owed & _followers(saga, step)]


def _started(saga: Transaction, step: int) -> bool:
    """Whether the action may have been called: also one whose turn it was, since a crash may have cut the call.

    This stays true while the saga is undone, for no action's answer is taken any more.
    """
    return _action(saga, step) is not Status.PREPARED or _ready(saga, step)


def _ready(saga: Transaction, step: int) -> bool:
    return all(_action(saga, earlier) is Status.SUCCEEDED for earlier in saga.waits_for[step])


def _followers(saga: Transaction, step: int) -> set[int]:
    return {later for later in _steps(saga) if step in saga.waits_for[later]}


def _steps(saga: Transaction) -> range:
    return range(len(saga.waits_for))


def _action(saga: Transaction, step: int) -> Status:
    return saga.branches[2 * step + 1].status


def _compensation(saga: Transaction, step: int) -> Status:
    return saga.branches[2 * step].status
