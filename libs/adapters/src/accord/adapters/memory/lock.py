"""A lock between the tasks of one process."""

import asyncio
from collections import deque
from collections.abc import Callable

from accord.ports.errors import DependencyUnavailable, LockNotAcquired
from accord.ports.lock import FencingToken


class MemoryHold:
    """Implements accord.ports.lock.Hold; never lost, for nobody outside the process can take it."""

    def __init__(self, token: FencingToken, give_up: Callable[[], None]) -> None:
        self._token = token
        self._lost = asyncio.Event()
        self._give_up: Callable[[], None] | None = give_up

    @property
    def token(self) -> FencingToken:
        """The fencing token of this hold."""
        return self._token

    @property
    def lost(self) -> asyncio.Event:
        """Never set."""
        return self._lost

    async def release(self) -> None:
        """Give the lock to who has waited longest."""
        give_up, self._give_up = self._give_up, None
        if give_up is not None:
            give_up()


class MemoryLock:
    """Implements accord.ports.lock.DistributedLock: first come, first served.

    `source` names this incarnation in its tokens, and must be new in each process: they count from 1 again.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._holds = 0
        # A name is here while its lock is held, with those who wait for it.
        self._waiting: dict[str, deque[asyncio.Future[MemoryHold]]] = {}
        self._closed = False

    async def try_acquire(self, name: str) -> MemoryHold | None:
        """Return a hold if the lock is free now, else None."""
        self._check_open()
        if name in self._waiting:
            return None
        self._waiting[name] = deque()
        return self._hold(name)

    async def acquire(self, name: str, within: float) -> MemoryHold:
        """Wait for the lock for `within` seconds at most, else raise LockNotAcquired."""
        if (hold := await self.try_acquire(name)) is not None:
            return hold
        turn: asyncio.Future[MemoryHold] = asyncio.get_running_loop().create_future()
        self._waiting[name].append(turn)
        try:
            async with asyncio.timeout(within):
                return await turn
        except BaseException as error:
            if turn in self._waiting.get(name, ()):
                self._waiting[name].remove(turn)
            elif not turn.cancelled() and turn.exception() is None:
                # The turn came in the same moment in which its waiter gave up.
                await turn.result().release()
            if isinstance(error, TimeoutError):
                raise LockNotAcquired(f"{name} was held by somebody else for {within} s") from None
            raise

    async def ping(self) -> None:
        """Return while it is not closed."""
        self._check_open()

    async def aclose(self) -> None:
        """Let go of every lock; who still waits is told that the lock is gone."""
        self._closed = True
        while self._waiting:
            _, queue = self._waiting.popitem()
            for turn in queue:
                if not turn.done():
                    turn.set_exception(DependencyUnavailable("lock", "it was closed"))

    def _hold(self, name: str) -> MemoryHold:
        self._holds += 1
        return MemoryHold(FencingToken(self._source, self._holds), lambda: self._pass_on(name))

    def _pass_on(self, name: str) -> None:
        queue = self._waiting.get(name)
        if queue is None:
            return
        while queue:
            turn = queue.popleft()
            if not turn.done():
                turn.set_result(self._hold(name))
                return
        del self._waiting[name]

    def _check_open(self) -> None:
        if self._closed:
            raise DependencyUnavailable("lock", "it was closed")
