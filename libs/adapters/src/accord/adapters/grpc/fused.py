"""Everything that calls have in common, put around each method once, when it is registered.

A `grpc.aio.ServerInterceptor` could do the same, but is asked again at every call what was settled at the first.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeAlias

import grpc

from accord.adapters.grpc.call_log import CallLog
from accord.adapters.grpc.error_table import ErrorTable
from accord.adapters.grpc.in_flight import InFlight
from accord.adapters.grpc.serving import endable, streaming, unary

# As text, for only the type stubs are generic.
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Behavior = Callable[[Any, Any], Any]

# Asked by probes, clients and operators at any moment: neither validated nor logged nor refused.
_EXEMPT = ("grpc.health.", "grpc.reflection.")


class Kind(Protocol):
    """What one kind of listener adds."""

    def prepare(self, request_type: type[Any]) -> None:
        """Learn of a method's request type before the first call."""
        ...

    def around(self, behavior: Behavior) -> Behavior:
        """Return the handler with the addition around it."""
        ...


class FusedServer:
    """Stands for `server` where servicers are added, and registers their methods with everything around them.

    `names` are the services added so far. At most `admitted` calls with one reply run at once, where it is given.
    """

    def __init__(
        self, server: grpc.aio.Server, kind: Kind, errors: ErrorTable, in_flight: InFlight, admitted: int | None
    ) -> None:
        self.names: list[str] = []
        self._server = server
        self._kind = kind
        self._errors = errors
        self._in_flight = in_flight
        self._admitted = admitted

    def add_generic_rpc_handlers(self, handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Do nothing: generated code registers the same methods by name as well."""

    def add_registered_method_handlers(self, service: str, handlers: "dict[str, Handler]") -> None:
        """Register a service's methods."""
        self.names.append(service)
        exempt = service.startswith(_EXEMPT)
        fused = {
            method: self._exempt(handler) if exempt else self._fused(f"/{service}/{method}", handler)
            for method, handler in handlers.items()
        }
        self._server.add_registered_method_handlers(service, fused)

    def _fused(self, path: str, handler: Handler) -> Handler:
        decode = handler.request_deserializer
        assert decode is not None
        # The FromString of generated code is bound to its message class.
        self._kind.prepare(decode.__self__)  # type: ignore[attr-defined]  # not told by its type
        log = CallLog(path)
        # The new handlers take raw bytes: a deserializer that fails inside gRPC is answered UNKNOWN.
        if handler.unary_unary is not None:
            behavior = self._kind.around(handler.unary_unary)
            return grpc.unary_unary_rpc_method_handler(
                unary(behavior, decode, self._errors, self._in_flight, log, self._admitted),
                response_serializer=handler.response_serializer,
            )
        if handler.unary_stream is not None:
            behavior = self._kind.around(handler.unary_stream)
            return grpc.unary_stream_rpc_method_handler(
                streaming(behavior, decode, self._errors, self._in_flight, log),
                response_serializer=handler.response_serializer,
            )
        raise TypeError(f"{path} takes a stream of requests, which this listener does not serve")

    def _exempt(self, handler: Handler) -> Handler:
        if handler.stream_stream is None:
            return handler
        return grpc.stream_stream_rpc_method_handler(
            endable(handler.stream_stream, self._in_flight),  # type: ignore[arg-type]  # typed for sync servers
            request_deserializer=handler.request_deserializer,
            response_serializer=handler.response_serializer,
        )
