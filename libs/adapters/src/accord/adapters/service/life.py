"""From start to drain: one life of a service."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Protocol, TypeVar

import structlog

from accord.adapters.grpc.error_table import ErrorTable
from accord.adapters.grpc.health import Health
from accord.adapters.grpc.listener import Listener, Service
from accord.adapters.service.errors import StartFailed
from accord.adapters.service.poller import Poller
from accord.adapters.settings.base import ServiceSettings
from accord.ports.errors import PortError

# Longer than the adapters' own deadlines: they can say where they have asked in vain.
_PING_WITHIN = 15.0
_CLOSE_WITHIN = 5.0
# A client's call that does not end must not cost the coordinator's calls their answer.
_BRANCH_LEAST = 1.0

T = TypeVar("T")

_logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class Dependency(Protocol):
    """What every adapter can do."""

    async def ping(self) -> None:
        """Return when the thing behind it answers."""
        ...

    async def aclose(self) -> None:
        """Give everything back."""
        ...


D = TypeVar("D", bound=Dependency)


class Life:
    """Collects what a service consists of while it starts; `drain` ends it all in the reverse order.

    `addresses` says where it listens, by name (`public`, `branch` and whatever else was entered), with real ports.
    """

    def __init__(self, name: str, settings: ServiceSettings) -> None:
        self.name = name
        self.addresses: dict[str, str] = {}
        self.health = Health()
        self._settings = settings
        self._dependencies: list[tuple[str, Dependency]] = []
        self._stack = AsyncExitStack()
        self._stoppable: list[Listener | Poller] = []
        self._serving = False
        self._cut = asyncio.Event()
        self._clean = True
        self._deadline = 0.0

    def dependency(self, variable: str, adapter: D) -> D:
        """Ping the adapter before the service says SERVING, close it after the listeners; `variable` is blamed."""
        self._dependencies.append((variable, adapter))
        self._stack.push_async_callback(self._close, variable, adapter)
        return adapter

    async def enter(self, context: AbstractAsyncContextManager[T]) -> T:
        """Enter a context that is left when everything entered later has ended."""
        return await self._stack.enter_async_context(context)

    async def serve(self, *, branch: Sequence[Service], public: Sequence[Service], errors: ErrorTable) -> None:
        """Start both listeners, the branch one first, so that it stops last; raises StartFailed."""
        await self._listen(Listener.branch(self.health), "ACCORD_BRANCH_LISTEN", self._settings.branch_listen, branch)
        await self._listen(
            Listener.public(self.health, errors), "ACCORD_PUBLIC_LISTEN", self._settings.public_listen, public
        )

    def poll(self, name: str, every: float, batch: Callable[[], Awaitable[object]]) -> None:
        """Run `batch` every so many seconds; called after `serve`, it ends with its batch before the listeners stop."""
        poller = Poller(name, every, batch)
        self._will_stop(poller)
        poller.start()

    async def begin(self) -> None:
        """Ping the dependencies, then say SERVING; raises StartFailed."""
        for variable, adapter in self._dependencies:
            try:
                async with asyncio.timeout(_PING_WITHIN):
                    await adapter.ping()
            except TimeoutError:
                raise StartFailed(variable, f"no answer within {_PING_WITHIN:.0f} s") from None
            except PortError as error:
                raise StartFailed(variable, error) from error
        await self.health.serve()
        self._serving = True
        self._tell("serving", **{f"accord.listens.{name}": address for name, address in self.addresses.items()})

    def cut_short(self) -> None:
        """Make the drain under way, or the coming one, wait for nothing more."""
        self._cut.set()
        for one in self._stoppable:
            one.cut()

    async def drain(self) -> bool:
        """End this life in order; return whether everything came to its own end."""
        if self._serving:
            await self.health.drain()
            self._tell("not serving any more")
            await self._pause(self._settings.drain_pause)
        self._deadline = asyncio.get_running_loop().time() + self._settings.drain_grace
        await self._stack.aclose()
        self._tell("ended", **{"accord.clean": self._clean})
        return self._clean

    async def _pause(self, seconds: float) -> None:
        """Serve on while callers learn that they should go elsewhere."""
        try:
            async with asyncio.timeout(seconds):
                await self._cut.wait()
        except TimeoutError:
            self._tell("pause is over")

    async def _listen(self, listener: Listener, variable: str, address: str, services: Sequence[Service]) -> None:
        try:
            await listener.start(address, services)
        except OSError as error:
            raise StartFailed(variable, error) from error
        self._will_stop(listener)
        self.addresses[listener.name] = f"{address.rpartition(':')[0]}:{listener.port}"
        await self.health.begin(listener.service_names)

    def _will_stop(self, one: Listener | Poller) -> None:
        self._stoppable.append(one)
        self._stack.push_async_callback(self._stop, one)

    async def _stop(self, one: Listener | Poller) -> None:
        self._tell(f"stopping {one.name}")
        left = self._deadline - asyncio.get_running_loop().time()
        least = _BRANCH_LEAST if one.name == "branch" else 0.0
        grace = 0.0 if self._cut.is_set() else max(left, least)
        self._clean &= await one.stop(grace)
        self._tell(f"stopped {one.name}")

    async def _close(self, variable: str, adapter: Dependency) -> None:
        try:
            async with asyncio.timeout(_CLOSE_WITHIN):
                await adapter.aclose()
        except TimeoutError:
            self._clean = False
            _logger.warning("not closed in time", **{"accord.variable": variable})
        else:
            self._tell("closed", **{"accord.variable": variable})

    def _tell(self, message: str, **fields: object) -> None:
        _logger.info(message, **{"event.action": "life", **fields})


@asynccontextmanager
async def started(
    name: str, settings: ServiceSettings, bootstrap: Callable[..., Awaitable[None]], **overrides: Any
) -> AsyncIterator[Life]:
    """Start a service in this process, by `bootstrap(life, settings, **overrides)`, and drain it at the end."""
    life = Life(name, settings)
    try:
        await bootstrap(life, settings, **overrides)
        await life.begin()
        yield life
    finally:
        await life.drain()
