"""When things are due. All times are seconds."""

from dtm_client.coordinator.machine.transaction import Transaction
from dtm_client.values.options import Options
from dtm_client.values.status import Mode, Status

# DTM's server settings, at their defaults.
RETRY_INTERVAL = 10.0
TIMEOUT_TO_FAIL = 35.0
REQUEST_TIMEOUT = 3.0

# Errors double the wait up to this. DTM has no cap: a branch that was away for an hour is then called an hour later.
LONGEST_INTERVAL = 60.0

# A waiting Submit of a saga is answered after this even if the saga still runs: DTM's request timeout and 2 s.
LONGEST_WAIT = REQUEST_TIMEOUT + 2.0


def base_interval(options: Options) -> float:
    """Return the wait between repeats that nothing has doubled."""
    if options.retry_interval > 0:
        return float(options.retry_interval)
    if 0 < options.timeout_to_fail < RETRY_INTERVAL:
        return float(options.timeout_to_fail)
    return RETRY_INTERVAL


def doubled(interval: float, options: Options) -> float:
    """Return the wait after an error: twice the one before, up to a cap that never undercuts the base."""
    return min(interval * 2, max(LONGEST_INTERVAL, base_interval(options)))


def request_timeout(options: Options) -> float:
    """Return the deadline of one branch call."""
    return float(options.request_timeout) if options.request_timeout > 0 else REQUEST_TIMEOUT


def timeout_to_fail(options: Options) -> float:
    """Return how long a TCC transaction or a message may stay prepared."""
    return float(options.timeout_to_fail) if options.timeout_to_fail > 0 else TIMEOUT_TO_FAIL


def deadline(transaction: Transaction) -> float | None:
    """Return when the transaction is to be undone if it has not got further: a saga by its option alone."""
    if transaction.mode is Mode.TCC and transaction.status is Status.PREPARED:
        return transaction.created + timeout_to_fail(transaction.options)
    seconds = transaction.options.timeout_to_fail
    if transaction.mode is Mode.SAGA and transaction.status is Status.SUBMITTED and seconds > 0:
        return transaction.created + seconds
    return None


def next_wake(transaction: Transaction) -> float | None:
    """Return when the transaction wants its next Tick, or None while it only waits for others."""
    times = [time for time in (transaction.round.due, deadline(transaction)) if time is not None]
    return min(times, default=None)
