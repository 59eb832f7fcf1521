"""A real gRPC server on loopback, for any branch."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import grpc


class BranchServer:
    """A branch server on loopback. A method's name is its answer: a status code, or ``HOLD``: OK after ``let_go``."""

    def __init__(self) -> None:
        self.port = 0
        self.calls: list[tuple[str, dict[str, str | bytes], bytes]] = []
        self.time_left: list[float] = []
        self.let_go = asyncio.Event()
        self.called = asyncio.Event()
        self._server = grpc.aio.server()

    def url(self, method: str) -> str:
        """The URL of the method that answers so."""
        return f"127.0.0.1:{self.port}/shop.Stock/{method}"

    async def start(self) -> None:
        """Serve on a free port."""
        self._server.add_generic_rpc_handlers((_AnyMethod(self._answer),))
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        await self._server.start()

    async def stop(self) -> None:
        """Cut everything."""
        await self._server.stop(None)

    def operations(self, gid: str) -> list[tuple[str, str]]:
        """The branch id and operation of every call for a gid."""
        found = [metadata for _, metadata, _ in self.calls if metadata["dtm-gid"] == gid]
        return [(str(metadata["dtm-branch_id"]), str(metadata["dtm-op"])) for metadata in found]

    async def _answer(self, method: str, body: bytes, context: grpc.aio.ServicerContext[bytes, bytes]) -> bytes:
        self.calls.append((method, dict(context.invocation_metadata() or ()), body))
        self.time_left.append(context.time_remaining() or 0.0)
        self.called.set()
        if method == "HOLD":
            await self.let_go.wait()
        elif method != "OK":
            await context.abort(grpc.StatusCode[method], f"says {method}")
        return b""


class _AnyMethod(grpc.GenericRpcHandler):
    def __init__(self, answer: Callable[..., Awaitable[bytes]]) -> None:
        self._answer = answer

    def service(self, details: grpc.HandlerCallDetails) -> Any:
        return grpc.unary_unary_rpc_method_handler(partial(self._answer, details.method.rpartition("/")[2]))
