"""Starts the whole system, and leaves nothing running."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accord.cli.addresses import Addresses
from accord.cli.processes.child import Child
from accord.cli.processes.layout import addresses, children
from accord.cli.processes.ports import Ports

# Who is asked by the others at their start comes first; who asks the others while draining goes first.
_START = (("coordinator", "sandbox", "inventory"), ("payment", "order"))
_STOP = (("order",), ("sandbox",), ("payment", "inventory"), ("coordinator",))


@dataclass(frozen=True, slots=True)
class System:
    """The running processes by name, and where they listen."""

    children: dict[str, Child]
    addresses: Addresses

    async def restart(self, name: str) -> None:
        """Start a dead process again."""
        await self.children[name].start(sys.executable)


@asynccontextmanager
async def running(
    data: Path, ports: Ports, ready: Callable[[str], None], environment: dict[str, dict[str, str]]
) -> AsyncIterator[System]:
    """Start everything, tell `ready` of each process, and stop everything at the end, however it ends.

    `environment` has more variables by process name, for this first start alone.
    """
    system = System(children(data, ports), addresses(ports))

    async def start(name: str) -> None:
        await system.children[name].start(sys.executable, **environment.get(name, {}))
        ready(name)

    try:
        for together in _START:
            await _at_once(start(name) for name in together)
        yield system
    finally:
        await _stop(system)


async def _at_once(starts: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run them together; the first failure cancels the others and is raised by itself, not as a group."""
    try:
        async with asyncio.TaskGroup() as group:
            for one in starts:
                group.create_task(one)
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None


async def _stop(system: System) -> None:
    try:
        for together in _STOP:
            await asyncio.gather(*(system.children[name].stop() for name in together))
    finally:
        for child in system.children.values():
            child.kill()
