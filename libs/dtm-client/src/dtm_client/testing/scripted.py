"""A gRPC server that answers as it was told, for the answers that a real manager or branch gives only by accident."""

from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, NamedTuple, Self

import grpc
import grpc.aio

from dtm_client.protocol.channel import DTM_SERVICE
from dtm_client.transactions.conversation import Answer, Method

Handler = Callable[[bytes], Awaitable[Answer]]


class Received(NamedTuple):
    """One call as it arrived."""

    method: str
    body: bytes
    metadata: dict[str, str | bytes]


class ScriptedServer(grpc.GenericRpcHandler):
    """Any number of services on one port: every method answers OK, unless ``on`` said otherwise."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self._script: dict[str, deque[Answer | Handler]] = defaultdict(deque)
        self._server = grpc.aio.server(handlers=[self])
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def on(self, method: str, *answers: Answer | Handler) -> None:
        """Answer the next calls of a method in this way, one each; a ``Method`` stands for the manager's."""
        self._script[_full(method)].extend(answers)

    def url(self, method: str) -> str:
        """The branch URL of a method, ``package.Service/Method``, on this server."""
        return f"dns:{self.address}/{method}"

    @property
    def methods(self) -> list[str]:
        """The bare names of the methods that were called, in order."""
        return [call.method.rpartition("/")[2] for call in self.received]

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """Handle whatever method is called."""
        method = handler_call_details.method

        async def handle(request: bytes, context: "grpc.aio.ServicerContext[bytes, bytes]") -> bytes:
            self.received.append(Received(method, request, dict(context.invocation_metadata() or ())))
            script = self._script[method]
            answer = script.popleft() if script else Answer(grpc.StatusCode.OK)
            if not isinstance(answer, Answer):
                answer = await answer(request)
            if not answer.ok:
                await context.abort(answer.code, answer.text)
            return answer.body

        return grpc.unary_unary_rpc_method_handler(handle)

    async def __aenter__(self) -> Self:
        await self._server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._server.stop(None)


def _full(method: str) -> str:
    return f"{DTM_SERVICE}{method}" if method in set(Method) else f"/{method}"
