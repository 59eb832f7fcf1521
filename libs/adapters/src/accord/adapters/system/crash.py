"""Dying at a named point, as a machine would: no handler runs, no buffer is flushed."""

import os
import signal


class ArmedCrashPoints:
    """Implements accord.ports.crash.CrashPoints: kills this process where `armed` says, and nowhere when it is None."""

    def __init__(self, armed: str | None, known: frozenset[str]) -> None:
        """Raise ValueError for a point that does not exist: a kill test that never kills would prove nothing."""
        if armed is not None and armed not in known:
            raise ValueError(f"there is no crash point {armed!r}; known are {', '.join(sorted(known))}")
        self._armed = armed
        self._known = known

    def reach(self, point: str) -> None:
        """Pass the point; a point that is not among the known ones is a programming error."""
        assert point in self._known, f"crash point {point!r} is not enumerated"
        if point == self._armed:
            os.kill(os.getpid(), signal.SIGKILL)
