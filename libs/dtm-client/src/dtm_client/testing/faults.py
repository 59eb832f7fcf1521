"""A network between the coordinator and its branches that a test can spoil.

Branch URLs name the proxy instead of the services. It serves every method, notes each call, passes it on with DTM's
metadata and the very bytes, and does to some calls what a test asks for. It works at a DTM server as it does at the
embedded coordinator, since both only dial another address.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import grpc
from grpc import aio

from dtm_client.protocol.metadata import GID, PREFIX

# A service that was killed is found again as soon as it listens.
_CHANNEL = (("grpc.initial_reconnect_backoff_ms", 50), ("grpc.max_reconnect_backoff_ms", 50))
_DEADLINE = 30.0

Forward = Callable[[], Awaitable[bytes]]
Fault = Callable[[Forward], Awaitable[bytes]]


class LostError(Exception):
    """What a caller is told of a call that the network lost."""

    def __init__(self, code: grpc.StatusCode) -> None:
        super().__init__(code.name)
        self.code = code


async def reply_lost(forward: Forward) -> bytes:
    """The branch does its work, and its caller does not hear of it."""
    await forward()
    raise LostError(grpc.StatusCode.UNAVAILABLE)


async def doubled(forward: Forward) -> bytes:
    """The branch is called twice at the same time."""
    _, second = await asyncio.gather(forward(), forward())
    return second


class Stuck:
    """The call gets stuck on its way: its caller waits in vain, and it can be delivered much later.

    With a ``code`` the caller is told so at once instead of waiting.
    """

    def __init__(self, code: grpc.StatusCode | None = None) -> None:
        self.arrived = asyncio.Event()
        self._code = code
        self._forward: Forward | None = None

    async def __call__(self, forward: Forward) -> bytes:
        """Keep the call."""
        self._forward = forward
        self.arrived.set()
        if self._code is not None:
            raise LostError(self._code)
        # Until the caller gives up, which cancels this.
        never: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        return await never

    async def deliver(self) -> grpc.StatusCode:
        """Deliver it now, and return what the branch answers to nobody."""
        assert self._forward is not None, "the call has not come yet"
        try:
            await self._forward()
        except aio.AioRpcError as error:
            return error.code()
        return grpc.StatusCode.OK


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it came: the method without its service, whose transaction it is, and the request's bytes."""

    method: str
    gid: str
    request: bytes


class BranchProxy(grpc.GenericRpcHandler):
    """Serves at ``address`` once it is started; ``targets`` are the real ones, by protobuf package (``shop.v1``).

    A call is found again by its method and by any text that its request contains, such as an order id. Must be made
    inside the running event loop.
    """

    def __init__(self, targets: Mapping[str, str]) -> None:
        self.address = ""
        self.calls: list[Call] = []
        self._channels = {
            package: aio.insecure_channel(target, options=_CHANNEL) for package, target in targets.items()
        }
        self._server = aio.server(options=[("grpc.so_reuseport", 0)])
        self._faults: dict[tuple[str, str], Fault] = {}
        self._at_branch: dict[tuple[str, bytes], int] = {}
        self._most: dict[tuple[str, bytes], int] = {}
        self._noted = asyncio.Condition()

    async def start(self) -> None:
        """Listen on a free loopback port."""
        self._server.add_generic_rpc_handlers((self,))
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        await self._server.start()

    async def aclose(self) -> None:
        """Cut what is under way, and close."""
        await self._server.stop(None)
        for channel in self._channels.values():
            await channel.close()

    def spoil(self, method: str, text: str, fault: Fault) -> None:
        """Do this to the next call of the method whose request contains the text."""
        self._faults[method, text] = fault

    def count(self, method: str, text: str) -> int:
        """Return how often such a call came."""
        return sum(call.method == method and text.encode() in call.request for call in self.calls)

    def gid(self, method: str, text: str) -> str:
        """Return whose transaction the last such call belonged to, empty if none came."""
        found = [call.gid for call in self.calls if call.method == method and text.encode() in call.request]
        return found[-1] if found else ""

    def most_at_once(self, method: str, text: str) -> int:
        """Return how many equal calls were at the branch at the same time, at most."""
        counts = [
            most for (called, request), most in self._most.items() if called == method and text.encode() in request
        ]
        return max(counts, default=0)

    async def until(self, method: str, text: str, times: int) -> None:
        """Return once such a call came so often; the caller sets the bound."""
        async with self._noted:
            await self._noted.wait_for(lambda: self.count(method, text) >= times)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes]":
        """Serve any method."""
        path: str = handler_call_details.method
        metadata = tuple(
            (key, value) for key, value in handler_call_details.invocation_metadata or () if key.startswith(PREFIX)
        )

        async def handle(request: bytes, context: aio.ServicerContext[bytes, bytes]) -> bytes:
            return await self._handle(path, metadata, request, context)

        return grpc.unary_unary_rpc_method_handler(handle)

    async def _handle(
        self, path: str, metadata: tuple[Any, ...], request: bytes, context: aio.ServicerContext[bytes, bytes]
    ) -> bytes:
        method = path.rpartition("/")[2]
        async with self._noted:
            self.calls.append(Call(method, dict(metadata).get(GID, ""), request))
            self._noted.notify_all()
        fault = self._take(method, request)

        async def forward() -> bytes:
            return await self._forward(path, metadata, request)

        try:
            return await (fault(forward) if fault else forward())
        except aio.AioRpcError as error:
            await context.abort(error.code(), error.details() or "")
        except LostError as lost:
            await context.abort(lost.code, "lost on the way")

    def _take(self, method: str, request: bytes) -> Fault | None:
        for key in self._faults:
            if key[0] == method and key[1].encode() in request:
                return self._faults.pop(key)
        return None

    async def _forward(self, path: str, metadata: tuple[Any, ...], request: bytes) -> bytes:
        package = path.lstrip("/").rpartition("/")[0].rpartition(".")[0]
        key = path.rpartition("/")[2], request
        self._at_branch[key] = self._at_branch.get(key, 0) + 1
        self._most[key] = max(self._most.get(key, 0), self._at_branch[key])
        try:
            call: Any = self._channels[package].unary_unary(path)
            reply: bytes = await call(request, metadata=metadata, timeout=_DEADLINE)
        finally:
            self._at_branch[key] -= 1
        return reply
