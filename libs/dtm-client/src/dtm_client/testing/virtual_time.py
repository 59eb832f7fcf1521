"""An asyncio event loop without waiting: when nothing is ready, its time jumps to the next timer.

Hours of timeouts pass in milliseconds, and always in the same order. Only ``loop.time()`` is virtual, and with it
``asyncio.sleep``, ``asyncio.timeout`` and ``call_later``. Sockets work if both ends live in this loop; what another
process or thread takes its time for is not waited for.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """The loop; its time starts at 0.

    Raises RuntimeError where another loop would wait for ever: nothing is ready, and no timer is set.
    """

    def __init__(self) -> None:
        self._selector_of_time = _TimeSelector()
        super().__init__(self._selector_of_time)

    def time(self) -> float:
        """Return the virtual seconds since the loop was made."""
        return self._selector_of_time.now


def run(main: Coroutine[Any, Any, _T]) -> _T:
    """Run ``main`` on a loop of its own, as ``asyncio.run`` does."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)


class _TimeSelector(selectors.DefaultSelector):
    """Asks what is ready now; if nothing is, the time that it was allowed to wait has passed."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise RuntimeError("every task waits for something that neither a timer nor a task will bring")
        self.now += timeout
        return ready
