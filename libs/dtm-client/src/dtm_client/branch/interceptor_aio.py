"""The branch framework for grpc.aio servers."""

from collections.abc import Awaitable, Callable, Container
from typing import Any

import grpc
import grpc.aio

from dtm_client.branch.answers import answer
from dtm_client.branch.context import entered, read_branch_context
from dtm_client.errors import BranchError, NotABranchCall


class AsyncBranchInterceptor(grpc.aio.ServerInterceptor):
    """Serves ``services`` (full names) as branches, and lets every other service of the server, health say, pass.

    While a handler runs, ``current_branch()`` is the call it serves. A BranchError that it raises is answered as DTM
    understands it; other exceptions are left to the server, whose answer makes DTM call again. A call without DTM's
    metadata is INVALID_ARGUMENT, for no barrier can stand before it. Handlers are coroutines, one request to one reply.
    """

    def __init__(self, services: Container[str]) -> None:
        self._services = services

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], "Awaitable[grpc.RpcMethodHandler[Any, Any] | None]"],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "grpc.RpcMethodHandler[Any, Any] | None":
        """Wrap the handler of a branch service."""
        handler = await continuation(handler_call_details)
        if handler is None or handler_call_details.method.split("/")[1] not in self._services:
            return handler
        run = handler.unary_unary
        if run is None:
            raise TypeError(f"{handler_call_details.method} streams, and DTM calls with one request for one reply")

        async def serve(request: Any, context: "grpc.aio.ServicerContext[Any, Any]") -> Any:
            try:
                branch = read_branch_context(context.invocation_metadata() or (), context.time_remaining())
            except NotABranchCall as error:
                await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
            try:
                with entered(branch):
                    return await run(request, context)  # type: ignore[arg-type]  # typed for sync servers
            except BranchError as error:
                await context.abort(*answer(branch, error))

        return grpc.unary_unary_rpc_method_handler(
            serve, request_deserializer=handler.request_deserializer, response_serializer=handler.response_serializer
        )
