"""The one interceptor of a listener."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import grpc

from accord.adapters.grpc.call_log import CallLog
from accord.adapters.grpc.error_table import ErrorTable
from accord.adapters.grpc.in_flight import InFlight
from accord.adapters.grpc.serving import streaming, unary

# As text, for only the type stubs are generic.
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"
Wrap = Callable[[Callable[[Any, Any], Any]], Callable[[Any, Any], Any]]

# Asked by probes, clients and operators at any moment: neither validated nor counted, and never refused.
_EXEMPT = ("/grpc.health.", "/grpc.reflection.")


class FusedInterceptor(grpc.aio.ServerInterceptor):
    """Puts everything that calls have in common around each method, once; later calls of it cost a dictionary look-up.

    `wrap` is what the listener's kind adds (validation, or the branch context).
    """

    def __init__(self, wrap: Wrap, errors: ErrorTable, in_flight: InFlight, admitted: int | None) -> None:
        self._wrap = wrap
        self._errors = errors
        self._in_flight = in_flight
        self._admitted = admitted
        self._handlers: dict[str, Handler] = {}

    async def intercept_service(
        self,
        continuation: "Callable[[grpc.HandlerCallDetails], Awaitable[Handler | None]]",
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "Handler | None":
        """Return the handler with everything around it; None for a method that does not exist (UNIMPLEMENTED)."""
        path = handler_call_details.method
        if (known := self._handlers.get(path)) is not None:
            return known
        handler = await continuation(handler_call_details)
        if handler is None:
            return None
        if not path.startswith(_EXEMPT):
            handler = self._fused(path, handler)
        self._handlers[path] = handler
        return handler

    def _fused(self, path: str, handler: Handler) -> Handler:
        decode = handler.request_deserializer
        assert decode is not None
        log = CallLog(path)
        # The new handlers take raw bytes: a deserializer that fails inside gRPC is answered UNKNOWN.
        if handler.unary_unary is not None:
            behavior = self._wrap(handler.unary_unary)
            return grpc.unary_unary_rpc_method_handler(
                unary(behavior, decode, self._errors, self._in_flight, log, self._admitted),
                response_serializer=handler.response_serializer,
            )
        if handler.unary_stream is not None:
            behavior = self._wrap(handler.unary_stream)
            return grpc.unary_stream_rpc_method_handler(
                streaming(behavior, decode, self._errors, self._in_flight, log),
                response_serializer=handler.response_serializer,
            )
        raise TypeError(f"{path} takes a stream of requests, which this listener does not serve")
