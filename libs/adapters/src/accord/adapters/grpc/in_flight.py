"""The calls that a listener is serving at this moment."""

import asyncio


class InFlight:
    """Tasks by kind: `calls` come to an end by themselves, `streams` may last as long as their clients want."""

    def __init__(self) -> None:
        self.calls: set[asyncio.Task[object]] = set()
        self.streams: set[asyncio.Task[object]] = set()
        self._ending: set[asyncio.Task[object]] = set()

    def end_streams(self) -> None:
        """Make every stream end now, with UNAVAILABLE: its client is to go on elsewhere."""
        for task in self.streams - self._ending:
            self._ending.add(task)
            task.cancel()

    def leave(self, task: asyncio.Task[object]) -> None:
        """Forget a stream that has ended."""
        self.streams.discard(task)
        self._ending.discard(task)

    def is_ended_by_us(self, task: asyncio.Task[object]) -> bool:
        """Whether a stream's cancellation is `end_streams`, and nobody else's: then it is taken back."""
        return task in self._ending and task.uncancel() == 0

    async def wait(self, within: float) -> int:
        """Wait until everything has ended, its `finally` blocks too; return how many had not after `within` seconds."""
        tasks = self.calls | self.streams
        if not tasks:
            return 0
        _, pending = await asyncio.wait(tasks, timeout=within)
        return len(pending)

    def cancel(self) -> None:
        """Cancel what is left."""
        for task in self.calls | self.streams:
            task.cancel()
