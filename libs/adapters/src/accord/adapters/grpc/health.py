"""The standard health service, one for both listeners (grpc.health.v1)."""

import asyncio
from collections.abc import Iterable

import structlog
from grpc import StatusCode
from grpc.aio import ServicerContext
from grpc_health.v1.health import aio
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

LIVENESS = "liveness"
READINESS = "readiness"
STARTUP = "startup"

SERVING = HealthCheckResponse.SERVING
NOT_SERVING = HealthCheckResponse.NOT_SERVING

# A Watch whose client does not read holds up `set`.
_SET_WITHIN = 1.0

_logger: structlog.typing.FilteringBoundLogger = structlog.get_logger("accord.health")


class Health(aio.HealthServicer):  # type: ignore[misc]  # comes without types
    """Names: the empty one for the whole server, `liveness`, `readiness`, `startup`, and each service.

    Only liveness is green from the beginning; the others turn green by `serve` and red by `drain`, each for all.
    """

    def __init__(self) -> None:
        super().__init__()
        self._names = {"", READINESS, STARTUP}
        self._watches: set[asyncio.Task[None]] = set()
        self._over = False

    async def begin(self, services: Iterable[str]) -> None:
        """Know these names from now on, not yet serving."""
        self._names.update(services)
        await self.set(LIVENESS, SERVING)
        await self._set_all(NOT_SERVING)

    async def serve(self) -> None:
        """Turn every name green."""
        await self._set_all(SERVING)

    async def drain(self) -> None:
        """Turn every name red but liveness: the process is not to be killed for what it is about to finish.

        Not by `enter_graceful_shutdown`, which turns liveness red too.
        """
        await self._set_all(NOT_SERVING)

    async def end_watches(self) -> None:
        """End the Watch streams, which would hold a stopping server for its whole grace, and begin no more."""
        self._over = True
        watches = set(self._watches)
        for watch in watches:
            watch.cancel()
        if watches:
            await asyncio.wait(watches, timeout=_SET_WITHIN)

    async def Watch(
        self, request: HealthCheckRequest, context: ServicerContext[HealthCheckRequest, HealthCheckResponse]
    ) -> None:
        """Stream the status of a name, first at once, then at each change."""
        if not self._over:
            watch = asyncio.create_task(super().Watch(request, context))
            self._watches.add(watch)
            try:
                await asyncio.wait({watch})
            finally:
                self._watches.discard(watch)
                watch.cancel()
            if not watch.cancelled():
                watch.result()
        context.set_code(StatusCode.UNAVAILABLE)
        context.set_details("this server is going away")

    async def _set_all(self, status: HealthCheckResponse.ServingStatus.ValueType) -> None:
        for name in sorted(self._names):
            try:
                async with asyncio.timeout(_SET_WITHIN):
                    await self.set(name, status)
            except TimeoutError:
                _logger.warning("a health watch does not read; all are ended", **{"accord.health": name})
                await self.end_watches()
                await self.set(name, status)
