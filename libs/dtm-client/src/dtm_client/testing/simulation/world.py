"""A coordinator in virtual time, with crashes and a disk that can fill up."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from dtm_client.coordinator.machine.transaction import Transaction
from dtm_client.coordinator.runner import Runner
from dtm_client.coordinator.store.memory import MemoryStore
from dtm_client.testing import virtual_time
from dtm_client.testing.simulation.caller import ScriptedCaller

_T = TypeVar("_T")


class RecordingStore(MemoryStore):
    """Remembers what each flush wrote, as (gid, status), and fails while ``broken``."""

    def __init__(self) -> None:
        super().__init__()
        self.flushes: list[list[tuple[str, str]]] = []
        self.broken = False

    def write(self, transactions: Iterable[Transaction]) -> None:
        """Store a batch, or raise OSError while ``broken``."""
        if self.broken:
            raise OSError("the disk is full")
        batch = list(transactions)
        self.flushes.append([(one.gid, str(one.status)) for one in batch])
        super().write(batch)

    def saved(self, gid: str) -> Transaction:
        """Return what is stored of a gid; there must be something."""
        found = self.find(gid)
        assert found is not None
        return found

    def copy(self) -> "RecordingStore":
        """What a crash leaves: the same transactions in a store that the old runner knows nothing of."""
        other = RecordingStore()
        MemoryStore.write(other, self._transactions.values())
        return other


class World:
    """Runners on one store, one after the other, in virtual time; each begins where the one before ended."""

    def __init__(self, caller: ScriptedCaller) -> None:
        self.caller = caller
        self.store = RecordingStore()
        self.wall = 1_000_000.0

    def run(self, main: Callable[[Runner], Awaitable[_T]], *, crash: bool = False) -> _T:
        """Run ``main`` on a runner that goes on with the store; ``crash``: it stores nothing more after that."""
        return virtual_time.run(self._life(main, crash=crash))

    async def _life(self, main: Callable[[Runner], Awaitable[_T]], *, crash: bool) -> _T:
        loop, began = asyncio.get_running_loop(), self.wall
        runner = Runner(self.store, self.caller, lambda: began + loop.time())
        runner.start()
        try:
            return await main(runner)
        finally:
            if crash:
                self.store = self.store.copy()
            await runner.stop(0)
            self.wall = began + loop.time()
