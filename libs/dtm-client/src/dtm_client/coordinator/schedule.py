"""One timer a transaction, on the event loop's clock."""

import asyncio
from collections.abc import Callable


class Schedule:
    """Calls ``wake(gid, time)`` when a transaction's time has come; ``now`` tells the clock that times are given in."""

    def __init__(self, wake: Callable[[str, float], None], now: Callable[[], float]) -> None:
        self._wake = wake
        self._now = now
        self._timers: dict[str, tuple[float, asyncio.TimerHandle]] = {}

    def set(self, gid: str, time: float | None) -> None:
        """Wake the transaction at ``time`` and not at the one that was set before; None: do not wake it."""
        if (old := self._timers.get(gid)) is not None:
            if old[0] == time:
                return
            old[1].cancel()
            del self._timers[gid]
        if time is not None:
            delay = max(0.0, time - self._now())
            self._timers[gid] = (time, asyncio.get_running_loop().call_later(delay, self._ring, gid, time))

    def clear(self) -> None:
        """Wake nobody any more."""
        for _, timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _ring(self, gid: str, time: float) -> None:
        del self._timers[gid]
        # The loop's clock and the wall clock need not agree to the microsecond: what is due counts as reached.
        self._wake(gid, max(time, self._now()))
