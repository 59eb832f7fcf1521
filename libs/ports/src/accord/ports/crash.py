"""Named places where a process may be killed, so that a test can kill it there and prove that it did."""

from typing import Protocol


class CrashPoints(Protocol):
    """Called at each named point; does nothing but in a process that was told to die there."""

    def reach(self, point: str) -> None:
        """Pass the point of this name, such as `payment.freeze:after-commit`."""
        ...
