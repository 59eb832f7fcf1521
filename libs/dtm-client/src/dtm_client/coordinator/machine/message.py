"""The order of a message's calls: its query while it is prepared, then its steps; a failing one blocks the later."""

from dtm_client.coordinator.machine.transaction import Transaction
from dtm_client.values.status import Operation, Status


def query(message: Transaction) -> list[int]:
    """Return the index of the query: was the local transaction committed?"""
    return [index for index, branch in enumerate(message.branches) if branch.operation is Operation.MESSAGE]


def next_step(message: Transaction) -> list[int]:
    """Return the index of the step that is to be delivered now, if one is left."""
    for index, branch in enumerate(message.branches):
        if branch.operation is Operation.ACTION and branch.status is not Status.SUCCEEDED:
            return [index]
    return []
