"""A gRPC server on one address."""

import asyncio
from collections.abc import Callable, Sequence
from socket import SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, getaddrinfo, socket
from typing import Any

import grpc
import structlog
from grpc_health.v1 import health_pb2_grpc
from grpc_reflection.v1alpha import reflection, reflection_pb2_grpc

from accord.adapters.grpc.branch import BranchCalls
from accord.adapters.grpc.error_table import NO_ERRORS, ErrorTable
from accord.adapters.grpc.fused import FusedServer, Kind
from accord.adapters.grpc.health import Health
from accord.adapters.grpc.in_flight import InFlight
from accord.adapters.grpc.limits import REQUEST_BYTES
from accord.adapters.grpc.validation import Validated

# The generated `add_…Servicer_to_server`, and the servicer.
Service = tuple[Callable[[Any, Any], None], object]

# Waiting calls cost memory and their clients' patience; more than this is better told at once.
_ADMITTED = 1000
# What a cancelled handler may take for its `finally` blocks.
_FINALLY_WITHIN = 1.0
_SECOND = 1000
_OPTIONS: Sequence[tuple[str, int]] = (
    # Two processes on one port would share its calls by chance.
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", REQUEST_BYTES),
    # Clients look for new servers again when a connection ends; gRPC itself spreads the age by a tenth.
    ("grpc.max_connection_age_ms", 300 * _SECOND),
    ("grpc.max_connection_age_grace_ms", 60 * _SECOND),
    ("grpc.keepalive_time_ms", 30 * _SECOND),
    ("grpc.keepalive_timeout_ms", 10 * _SECOND),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.min_ping_interval_without_data_ms", 10 * _SECOND),
)

_logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class Listener:
    """Serves services, health and reflection; `port` is the real one, also when the address asked for any (0)."""

    def __init__(self, name: str, health: Health, kind: Kind, errors: ErrorTable, admitted: int | None) -> None:
        self.name = name
        self.port = 0
        self.service_names: tuple[str, ...] = ()
        self._health = health
        self._in_flight = InFlight()
        self._server = grpc.aio.server(options=_OPTIONS)
        self._fused = FusedServer(self._server, kind, errors, self._in_flight, admitted)
        self._is_cut = False

    @classmethod
    def public(cls, health: Health, errors: ErrorTable, admitted: int = _ADMITTED) -> "Listener":
        """Return the listener for clients: requests are validated, at most `admitted` calls are served at once."""
        return cls("public", health, Validated(), errors, admitted)

    @classmethod
    def branch(cls, health: Health) -> "Listener":
        """Return the listener for the coordinator: never refuses for want of room, for its calls are how others end."""
        return cls("branch", health, BranchCalls(), NO_ERRORS, None)

    async def start(self, address: str, services: Sequence[Service]) -> None:
        """Bind and serve; raises OSError when the address cannot be had."""
        for add, servicer in services:
            add(servicer, self._fused)
        self.service_names = tuple(self._fused.names)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._fused)
        shown = reflection.aio.ReflectionServicer((*self._fused.names, reflection.SERVICE_NAME))
        reflection_pb2_grpc.add_ServerReflectionServicer_to_server(shown, self._fused)
        _try_to_bind(address)
        self.port = self._server.add_insecure_port(address)
        await self._server.start()

    async def stop(self, grace: float) -> bool:
        """Take no new call, give those under way `grace` seconds, cancel the rest; return whether nothing was cut.

        Returns when handlers have run to their very end, or when one ignores its cancellation for a second.
        """
        now = asyncio.get_running_loop().time
        until = now() + grace
        await self._health.end_watches()
        self._in_flight.end_streams()
        # New calls are refused from here on. Cancelling is done here and not by gRPC, which would not tell.
        stopping = asyncio.create_task(self._server.stop(grace + _FINALLY_WITHIN))
        left = await self._in_flight.wait(until)
        if left or self._is_cut:
            self._in_flight.cancel()
            stuck = await self._in_flight.wait(now() + _FINALLY_WITHIN)
            _logger.error("calls were cut", **{"accord.listener": self.name, "accord.cut": left, "accord.stuck": stuck})
            # Ends the first stop too; by None it would wait for the stuck ones.
            await self._server.stop(0)
        await asyncio.wait({stopping}, timeout=_FINALLY_WITHIN)
        return not left and not self._is_cut

    def cut(self) -> None:
        """Let a `stop` under way, or the coming one, wait for nothing more: calls are cancelled."""
        self._is_cut = True
        self._in_flight.cancel()


def _try_to_bind(address: str) -> None:
    """Raise OSError with the system's reason, of which gRPC tells nothing."""
    host, _, port = address.rpartition(":")
    try:
        family, kind, protocol, _, where = getaddrinfo(host.strip("[]"), int(port), type=SOCK_STREAM)[0]
        with socket(family, kind, protocol) as probe:
            probe.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        raise OSError(f"cannot listen on {address}: {error.strerror}") from error
