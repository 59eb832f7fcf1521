"""The order of phase two: one branch after the other, the last registered first."""

from dtm_client.coordinator.machine.transaction import Transaction
from dtm_client.values.status import Operation, Status


def next_confirm(tcc: Transaction) -> list[int]:
    """Return the index of the confirm that is to be called now, if one is left."""
    return _last(tcc, Operation.CONFIRM)


def next_cancel(tcc: Transaction) -> list[int]:
    """Return the index of the cancel that is to be called now, if one is left."""
    return _last(tcc, Operation.CANCEL)


def _last(tcc: Transaction, operation: Operation) -> list[int]:
    for index in reversed(range(len(tcc.branches))):
        if tcc.branches[index].operation is operation and tcc.branches[index].status is not Status.SUCCEEDED:
            return [index]
    return []
