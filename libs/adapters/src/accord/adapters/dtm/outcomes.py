"""From the client's outcomes to the port's."""

from accord.ports import transactions as port
from dtm_client.values import outcome as dtm


def outcome_for_port(outcome: dtm.Outcome) -> port.Outcome:
    """Return the port's word; undoing that has not ended is still running."""
    match outcome:
        case dtm.Succeeded():
            return port.Succeeded()
        case dtm.RolledBack(reason):
            return port.RolledBack(reason)
        case dtm.RollingBack(reason):
            return port.StillRunning(f"being undone: {reason}")
        case dtm.StillRunning(cause):
            return port.StillRunning(cause)
        case dtm.Submitted():
            return port.StillRunning("submitted")
        case dtm.NotStored(reason):
            return port.NotStored(reason)
