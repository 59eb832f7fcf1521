"""Work that nobody asks for: one batch every so many seconds, for as long as the service lives."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

_logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class Poller:
    """Runs `batch` every `every` seconds of the event loop's time, first after one such pause, never two at once.

    A batch that fails is logged, and the next one comes all the same. What a batch does must be safe when another
    replica's poller does it at the same moment.
    """

    def __init__(self, name: str, every: float, batch: Callable[[], Awaitable[object]]) -> None:
        self.name = name
        self._every = every
        self._batch = batch
        self._stopping = asyncio.Event()
        self._is_cut = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; the caller stops it."""
        self._task = asyncio.create_task(self._run(), name=f"poller {self.name}")

    async def stop(self, grace: float) -> bool:
        """Begin no new batch, give the one under way `grace` seconds, then cancel it; return whether it was not cut."""
        self._stopping.set()
        if self._task is None:
            return True
        await asyncio.wait({self._task}, timeout=grace)
        if not self._task.done():
            self.cut()
            await asyncio.wait({self._task})
        if self._is_cut:
            _logger.error("a batch was cut", **{"accord.poller": self.name})
        return not self._is_cut

    def cut(self) -> None:
        """Let a `stop` under way, or the coming one, wait for nothing more: a batch under way is cancelled."""
        self._stopping.set()
        if self._task is not None and not self._task.done():
            self._is_cut = True
            self._task.cancel()

    async def _run(self) -> None:
        while not await self._told_to_stop():
            try:
                await self._batch()
            except Exception:  # the boundary of the task: what one batch meets must not end all later ones
                _logger.exception("a batch failed", **{"accord.poller": self.name})

    async def _told_to_stop(self) -> bool:
        try:
            async with asyncio.timeout(self._every):
                await self._stopping.wait()
        except TimeoutError:
            return False
        return True
