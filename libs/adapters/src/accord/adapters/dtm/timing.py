"""All times of all flows, in one table: they hold only together.

DTM calls a branch again, in parallel, when it runs longer than the retry interval, and adds two seconds to a deadline
of its own. So each retry interval exceeds the request timeout by more than that; and a database waits for a lock for
less than the request timeout (accord.adapters.sqlite.patience).
"""

from dataclasses import dataclass

from dtm_client.values.options import Options


@dataclass(frozen=True, slots=True)
class Timing:
    """The coordinator's times, and how many seconds the caller waits for the end, or for the coordinator's answers."""

    options: Options
    patience: float


_REQUEST_TIMEOUT = 3
_RETRY_INTERVAL = 6
# A message's time limit is how long the coordinator waits for Submit before it asks.
_MESSAGE = Timing(
    Options(timeout_to_fail=10, request_timeout=_REQUEST_TIMEOUT, retry_interval=_RETRY_INTERVAL), patience=3
)

TIMINGS = {
    # Without a time limit and without a retry limit: once AwaitPayment may have run, the customer may have paid, so
    # nothing but a refusal before it may undo the order.
    "place-hosted": Timing(Options(request_timeout=_REQUEST_TIMEOUT, retry_interval=_RETRY_INTERVAL), patience=10),
    # Cancelled when the caller, who tries the branches for `patience` seconds at most, has not decided by then.
    "place-wallet": Timing(
        Options(timeout_to_fail=30, request_timeout=_REQUEST_TIMEOUT, retry_interval=_RETRY_INTERVAL), patience=10
    ),
    **dict.fromkeys(
        (
            "callback-succeeded",
            "callback-declined",
            "payment-expired",
            "payment-cancelled",
            "refund-started",
            "refund-finished",
            "refund-failed",
            "refund-settled",
        ),
        _MESSAGE,
    ),
}
