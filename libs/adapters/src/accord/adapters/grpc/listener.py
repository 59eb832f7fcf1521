"""A gRPC server on one address."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import grpc
import structlog
from grpc_health.v1 import health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from accord.adapters.grpc.branch import as_branch
from accord.adapters.grpc.error_table import NO_ERRORS, ErrorTable
from accord.adapters.grpc.health import Health
from accord.adapters.grpc.in_flight import InFlight
from accord.adapters.grpc.interceptor import FusedInterceptor
from accord.adapters.grpc.validation import validated

# The generated `add_…Servicer_to_server`, and the servicer.
Service = tuple[Callable[[Any, Any], None], object]

# Waiting calls cost memory and their clients' patience; more than this is better told at once.
_ADMITTED = 1000
_FINALLY_WITHIN = 1.0
_SECOND = 1000
_OPTIONS: Sequence[tuple[str, int]] = (
    # Two processes on one port would share its calls by chance.
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", 1024 * 1024),
    # Clients look for new servers again when a connection ends; gRPC itself spreads the age by a tenth.
    ("grpc.max_connection_age_ms", 300 * _SECOND),
    ("grpc.max_connection_age_grace_ms", 60 * _SECOND),
    ("grpc.keepalive_time_ms", 30 * _SECOND),
    ("grpc.keepalive_timeout_ms", 10 * _SECOND),
    ("grpc.http2.min_ping_interval_without_data_ms", 10 * _SECOND),
    ("grpc.keepalive_permit_without_calls", 1),
)

_logger: structlog.typing.FilteringBoundLogger = structlog.get_logger("accord.listener")


class Listener:
    """Serves `services`, health and reflection; `port` is the real one, also when the address asked for any (0)."""

    def __init__(self, name: str, interceptor: FusedInterceptor, in_flight: InFlight, health: Health) -> None:
        self.name = name
        self.port = 0
        self.service_names: tuple[str, ...] = ()
        self._in_flight = in_flight
        self._health = health
        self._server = grpc.aio.server(interceptors=[interceptor], options=_OPTIONS)

    @classmethod
    def public(cls, health: Health, errors: ErrorTable, admitted: int = _ADMITTED) -> "Listener":
        """Return the listener for clients: requests are validated, at most `admitted` calls are served at once."""
        in_flight = InFlight()
        return cls("public", FusedInterceptor(validated, errors, in_flight, admitted), in_flight, health)

    @classmethod
    def branch(cls, health: Health) -> "Listener":
        """Return the listener for the coordinator: never refuses for want of room, for its calls are how others end."""
        in_flight = InFlight()
        return cls("branch", FusedInterceptor(as_branch, NO_ERRORS, in_flight, None), in_flight, health)

    async def start(self, address: str, services: Sequence[Service]) -> None:
        """Bind and serve; raises OSError when the address cannot be had."""
        names: list[str] = []
        recorder = _Names(self._server, names)
        for add, servicer in services:
            add(servicer, recorder)
        self.service_names = tuple(names)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        reflection.enable_server_reflection((*names, "grpc.health.v1.Health", reflection.SERVICE_NAME), self._server)
        try:
            self.port = self._server.add_insecure_port(address)
        except RuntimeError as error:
            raise OSError(f"cannot listen on {address}") from error
        await self._server.start()

    async def stop(self, grace: float) -> bool:
        """Take no new call, give those under way `grace` seconds, cancel the rest; return whether nothing was cut.

        Returns when the handlers have run to their very end: gRPC's own `stop` comes back before their `finally`.
        """
        await self._health.end_watches()
        self._in_flight.end_streams()
        deadline = asyncio.get_running_loop().time() + grace
        await self._server.stop(grace)
        left = await self._in_flight.wait(max(0.0, deadline - asyncio.get_running_loop().time()))
        if not left:
            return True
        self._in_flight.cancel()
        stuck = await self._in_flight.wait(_FINALLY_WITHIN)
        _logger.error("calls were cut", **{"accord.listener": self.name, "accord.cut": left, "accord.stuck": stuck})
        return False

    def cut(self) -> None:
        """End the wait of a `stop` under way by cancelling what it waits for."""
        self._in_flight.end_streams()
        self._in_flight.cancel()


class _Names:
    """Stands for a server while servicers are added, to learn the names of their services."""

    def __init__(self, server: grpc.aio.Server, names: list[str]) -> None:
        self._server = server
        self._names = names

    def add_generic_rpc_handlers(self, handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        self._server.add_generic_rpc_handlers(handlers)

    def add_registered_method_handlers(self, service: str, handlers: dict[str, Any]) -> None:
        self._names.append(service)
        self._server.add_registered_method_handlers(service, handlers)
