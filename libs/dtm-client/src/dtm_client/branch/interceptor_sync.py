"""The branch framework for the threads of grpc's classic server."""

from collections.abc import Callable, Container
from typing import Any

import grpc

from dtm_client.branch.answers import answer
from dtm_client.branch.context import entered, read_branch_context
from dtm_client.errors import BranchError, NotABranchCall


class BranchInterceptor(grpc.ServerInterceptor):
    """Serves ``services`` (full names) as branches; guarantees what ``AsyncBranchInterceptor`` does."""

    def __init__(self, services: Container[str]) -> None:
        self._services = services

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], "grpc.RpcMethodHandler[Any, Any] | None"],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> "grpc.RpcMethodHandler[Any, Any] | None":
        """Wrap the handler of a branch service."""
        handler = continuation(handler_call_details)
        if handler is None or handler_call_details.method.split("/")[1] not in self._services:
            return handler
        run = handler.unary_unary
        if run is None:
            raise TypeError(f"{handler_call_details.method} streams, and DTM calls with one request for one reply")

        def serve(request: Any, context: grpc.ServicerContext) -> Any:
            try:
                branch = read_branch_context(context.invocation_metadata(), context.time_remaining())
            except NotABranchCall as error:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
            try:
                with entered(branch):
                    return run(request, context)
            except BranchError as error:
                context.abort(*answer(branch, error))

        return grpc.unary_unary_rpc_method_handler(
            serve, request_deserializer=handler.request_deserializer, response_serializer=handler.response_serializer
        )
