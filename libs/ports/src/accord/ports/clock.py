"""Wall-clock time, as a port, so that a test or a simulation can own it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time; never used to measure a duration (that is the event loop's clock)."""

    def now(self) -> datetime:
        """Return the moment, aware, in UTC, with microseconds."""
        ...
