"""The calls that a listener is serving at this moment."""

import asyncio
from contextlib import suppress
from typing import Any


class InFlight:
    """Tasks by kind: `calls` come to an end by themselves, `streams` may last as long as their clients want."""

    def __init__(self) -> None:
        self.calls: set[asyncio.Task[Any]] = set()
        self.streams: set[asyncio.Task[Any]] = set()
        self._ending: set[asyncio.Task[Any]] = set()
        self._limit: asyncio.Timeout | None = None

    def end_streams(self) -> None:
        """Make every stream end now, with UNAVAILABLE: its client is to go on elsewhere."""
        for task in self.streams - self._ending:
            self._ending.add(task)
            task.cancel()

    def ended_by_us(self, task: asyncio.Task[Any]) -> bool:
        """Whether a stream's cancellation is that of `end_streams` and nobody else's, which is then taken back."""
        return task in self._ending and task.uncancel() == 0

    def leave(self, task: asyncio.Task[Any]) -> None:
        """Forget a stream that has ended."""
        self.streams.discard(task)
        self._ending.discard(task)

    async def wait(self, until: float) -> int:
        """Wait for the end of everything, `finally` blocks included; return how many had not ended at `until`.

        gRPC's own `stop` returns before handlers have run to their end, where locks are given back.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until) as self._limit:
                while tasks := self._running():
                    await asyncio.wait(tasks)
        self._limit = None
        return len(self._running())

    def _running(self) -> set[asyncio.Task[Any]]:
        return {task for task in self.calls | self.streams if not task.done()}

    def cancel(self) -> None:
        """Cancel everything, and let a `wait` under way end now."""
        for task in self._running():
            task.cancel()
        if self._limit is not None:
            self._limit.reschedule(asyncio.get_running_loop().time())
