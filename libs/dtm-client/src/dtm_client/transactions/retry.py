"""How often and how long: jittered exponential pauses up to a deadline."""

from collections.abc import Callable
from dataclasses import dataclass

from dtm_client.transactions.conversation import Conversation, Pause

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0
_SHORTEST_CALL = 0.02
# A plain call to the manager takes milliseconds; a lost one must leave time to ask what became of it.
_PLAIN_CALL = 3.0


def backoff(attempt: int, jitter: float) -> float:
    """Seconds before the next attempt: doubled each time, capped, then spread by ``jitter`` in [0, 1)."""
    # The exponent is bounded because 2**n overflows a float long before a deadline of hours has passed.
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(attempt, 16)) * (0.5 + 0.5 * jitter)


@dataclass(slots=True)
class Retry:
    """The patience of one operation. ``now`` is a monotonic clock in seconds, ``end`` a moment on it."""

    end: float
    now: Callable[[], float]
    jitter: Callable[[], float]
    attempt: int = 0

    @property
    def remaining(self) -> float:
        """Seconds until the deadline, negative after it."""
        return self.end - self.now()

    def plain_timeout(self) -> float:
        """The timeout of a call that is answered at once."""
        return min(_PLAIN_CALL, self.long_timeout())

    def long_timeout(self) -> float:
        """The timeout of a call that waits for branches: half of what is left, so that it can still be asked about."""
        return max(_SHORTEST_CALL, self.remaining / 2)

    def pause(self) -> Conversation[bool]:
        """Let a pause pass; False, at once, when the deadline leaves no time for another attempt."""
        remaining = self.remaining
        if remaining <= _SHORTEST_CALL:
            return False
        yield Pause(min(backoff(self.attempt, self.jitter()), remaining / 2))
        self.attempt += 1
        return True
