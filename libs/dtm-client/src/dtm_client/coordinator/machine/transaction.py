"""A global transaction as the coordinator holds it. Times are seconds since the epoch, 0 for "not yet"."""

from dataclasses import dataclass, field

from dtm_client.coordinator.machine.answers import BranchAnswer
from dtm_client.values.options import Options
from dtm_client.values.status import Mode, Operation, Status


@dataclass(frozen=True, slots=True)
class Branch:
    """One call that the transaction may have to make, and how far it got.

    ``status`` is PREPARED, SUCCEEDED or FAILED. ``tries`` counts calls, ``last_error`` is what the last one answered
    if that was no success. An empty ``url`` is never called and counts as success.
    """

    branch_id: str
    operation: Operation
    url: str
    payload: bytes
    created: float
    status: Status = Status.PREPARED
    tries: int = 0
    last_error: str = ""
    updated: float = 0.0
    finished: float = 0.0


@dataclass(frozen=True, slots=True)
class Round:
    """What only this process knows: a restart begins a new round, in which a call that was cut is made again.

    ``calling`` and ``resting`` hold indexes into the transaction's branches: calls under way, and calls that wait until
    ``due``. ``interval`` is what the last wait was (seconds), ``cause`` the answer that made a branch rest.
    """

    interval: float
    calling: frozenset[int] = frozenset()
    resting: frozenset[int] = frozenset()
    due: float | None = None
    cause: BranchAnswer | None = None


@dataclass(frozen=True, slots=True)
class Transaction:
    """One global transaction.

    * ``branches``: a saga has compensate and action of each step in turn, a TCC transaction cancel and confirm of each
      registration, a prepared message its query (operation ``msg``) in front of its steps.
    * ``waits_for``: saga only; for each step the steps whose actions must have succeeded before.
    * ``begins``: nothing is called before this time (a message's delay, and the time until its query).
    * ``answer_waits``: the WaitResult of the request that stored it; an Abort goes by it.
    * ``repeats``: what is used up of the saga's retry limit.
    """

    gid: str
    mode: Mode
    status: Status
    options: Options
    created: float
    updated: float
    branches: tuple[Branch, ...] = ()
    waits_for: tuple[tuple[int, ...], ...] = ()
    custom_data: str = ""
    query_prepared: str = ""
    delay: float = 0.0
    begins: float = 0.0
    answer_waits: bool = False
    repeats: int = 0
    reason: str = ""
    finished: float = 0.0
    rolled_back: float = 0.0
    round: Round = field(default=Round(0.0), compare=False)
