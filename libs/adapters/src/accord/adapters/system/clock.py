"""The wall clock of this machine."""

from datetime import UTC, datetime


class SystemClock:
    """Implements accord.ports.clock.Clock."""

    def now(self) -> datetime:
        """Return the moment, aware, in UTC, with microseconds."""
        return datetime.now(UTC)
