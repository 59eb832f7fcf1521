"""Operation → inserts → decision. The order of the inserts is the algorithm; the unique key is its only lock.

The statements must be the first of their transaction: an older snapshot would not see what they wait for, and SQLite
could not upgrade its lock. SQLite needs BEGIN IMMEDIATE. Isolation: MySQL and MariaDB at any level; a serialization
failure, a deadlock or a busy database means that the whole transaction is run again after a ROLLBACK.

This is the barrier of DTM (branch barrier, DTM 1.19), with one more look: a repeated action or try whose undo has been
done is not answered OK but refused, see ``Decision.check``.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from dtm_client.barrier.decision import Decision
from dtm_client.barrier.dialects import Dialect
from dtm_client.values.branch import BranchCall
from dtm_client.values.status import Mode, Operation

# Each request passes one barrier; DTM's clients number them from 01 for each request anew.
BARRIER_ID = "01"

_UNDOES = {Operation.COMPENSATE: Operation.ACTION, Operation.CANCEL: Operation.TRY}
_UNDONE_BY = {done: undo for undo, done in _UNDOES.items()}


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL to run in the branch's transaction; its placeholders are ``?``."""

    sql: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What it did: how many rows it affected, and those it returned."""

    affected: int
    rows: Sequence[Sequence[Any]] = ()


T = TypeVar("T")
Statements: TypeAlias = Generator[Statement, Result, T]


def barrier_statements(call: BranchCall, dialect: Dialect) -> Statements[Decision]:
    """Yield the statements to run, be sent their results, and return the decision."""
    operation = call.operation
    if operation in _UNDOES:
        # What is to be undone is barred first; if that wrote a row, there was nothing.
        done = yield insertion(call, _UNDOES[operation], operation.value, dialect)
        own = yield insertion(call, operation, operation.value, dialect)
        if not own.affected:
            return Decision.DUPLICATE
        return Decision.EMPTY_COMPENSATION if done.affected else Decision.EXECUTE
    own = yield insertion(call, operation, operation.value, dialect)
    if own.affected:
        return Decision.EXECUTE
    undo = _UNDONE_BY.get(operation)
    if operation is Operation.MESSAGE or (undo is not None and call.mode is not Mode.MESSAGE):
        reasons = yield reasons_of(call, undo or operation, dialect)
        found = {str(op): str(reason) for op, reason in reasons.rows}
        if found.get(operation.value) != operation.value or (undo is not None and undo.value in found):
            return Decision.HANGING
    return Decision.DUPLICATE


def insertion(call: BranchCall, operation: Operation, reason: str, dialect: Dialect) -> Statement:
    """The insert of one barrier row."""
    return Statement(dialect.insert, (call.mode.value, call.gid, call.branch_id, operation.value, BARRIER_ID, reason))


def reasons_of(call: BranchCall, other: Operation, dialect: Dialect) -> Statement:
    """The look at the rows of the call's own operation and of another one of the same branch."""
    return Statement(dialect.reasons, (call.gid, call.branch_id, BARRIER_ID, call.operation.value, other.value))
