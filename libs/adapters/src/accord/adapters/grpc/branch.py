"""Branch calls: DTM's metadata read before the handler runs, its errors told as DTM understands them."""

from collections.abc import Awaitable, Callable
from typing import Any

from grpc import StatusCode
from structlog.contextvars import bind_contextvars

from accord.adapters.grpc.answer import Answer, Answered
from dtm_client.branch.answers import answer
from dtm_client.branch.context import entered, read_branch_context
from dtm_client.errors import BranchError, NotABranchCall

_REASONS = {StatusCode.ABORTED: "REFUSED", StatusCode.FAILED_PRECONDITION: "ONGOING"}


class BranchCalls:
    """The kind of a listener for branch operations: in their handlers, `current_branch()` is the call.

    Requests are not validated here: whether a "no" is understood depends on the operation.
    """

    def prepare(self, request_type: type[Any]) -> None:
        """Do nothing."""

    def around(self, behavior: Callable[[Any, Any], Awaitable[Any]]) -> Callable[[Any, Any], Awaitable[Any]]:
        """Return the handler of one operation, with DTM's metadata read before it and its BranchErrors told."""

        async def handle(request: Any, context: Any) -> Any:
            try:
                branch = read_branch_context(context.invocation_metadata() or (), context.time_remaining())
            except NotABranchCall as error:
                # No barrier could stand before it.
                raise Answered(Answer(StatusCode.INVALID_ARGUMENT, "NOT_A_BRANCH_CALL", str(error))) from error
            # Stays bound for the rest of the call, whose context is its own: the call's log line has it too.
            bind_contextvars(
                **{
                    "accord.gid": branch.gid,
                    "accord.branch": branch.branch_id,
                    "accord.operation": branch.operation.value,
                }
            )
            try:
                with entered(branch):
                    return await behavior(request, context)
            except BranchError as error:
                code, message = answer(branch, error)
                raise Answered(Answer(code, _REASONS.get(code, "REFUSAL_NOT_UNDERSTOOD"), message)) from error

        return handle
