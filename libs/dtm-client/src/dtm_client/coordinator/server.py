"""The coordinator as a server: a store, a runner, the gRPC service and the HTTP API, started and stopped in order."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import grpc

from dtm_client.coordinator.caller import GrpcCaller
from dtm_client.coordinator.http_api import HttpApi
from dtm_client.coordinator.http_server import HttpServer
from dtm_client.coordinator.runner import Runner
from dtm_client.coordinator.service import DtmService
from dtm_client.coordinator.store import Store
from dtm_client.errors import CannotServe
from dtm_client.protocol.dtm_pb2_grpc import add_DtmServicer_to_server

# How long a stop waits for branch calls under way, and then for the answers that are on their way to clients.
_CALL_PATIENCE = 1.0
_ANSWER_PATIENCE = 0.5


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen. ``host`` is a name or an address, IPv6 without brackets; ``port`` 0 lets the system choose."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Coordinator:
    """A serving coordinator; made by ``start``, which goes on with what the store holds before it takes requests.

    ``grpc_address`` and ``http_address`` carry the ports that were bound. ``failed`` ends with an exception when the
    store cannot be written any more: the process must end then, for nothing is answered any more.
    """

    def __init__(self, runner: Runner, caller: GrpcCaller, server: grpc.aio.Server, http: HttpServer) -> None:
        self._runner = runner
        self._caller = caller
        self._server = server
        self._http = http
        self.failed = runner.failed
        self.grpc_address = Address("", 0)
        self.http_address = Address("", 0)

    @classmethod
    async def start(
        cls, store: Store, listen: Address, http: Address, now: Callable[[], float], new_gid: Callable[[], str]
    ) -> Self:
        """Serve at both addresses; raise CannotServe, with nothing left open, if one of them cannot be had."""

        def returned(target: str) -> None:
            runner.target_returned(target)

        caller = GrpcCaller(returned)
        runner = Runner(store, caller, now)
        # Without SO_REUSEPORT, two coordinators on one port are an error and not a coin toss.
        server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
        add_DtmServicer_to_server(DtmService(runner, now, new_gid), server)
        coordinator = cls(runner, caller, server, HttpServer(HttpApi(runner, new_gid).handle))
        try:
            await coordinator._listen(listen, http)
        except BaseException:
            await coordinator.stop()
            raise
        runner.start()
        await server.start()
        return coordinator

    async def stop(self) -> None:
        """Take no more requests, let branch calls under way finish or cut them, store their answers. Bounded: 2 s."""
        await self._http.stop()
        # After a failed flush there is nothing to wait for: no request will ever be answered.
        grace = None if self.failed.done() else _CALL_PATIENCE + _ANSWER_PATIENCE
        closing = asyncio.create_task(self._server.stop(grace))
        await self._runner.stop(_CALL_PATIENCE)
        await closing
        self._runner.flush()
        await self._caller.aclose()

    async def _listen(self, listen: Address, http: Address) -> None:
        try:
            # A socket says on one line what is wrong with an address, where gRPC writes to stderr.
            probe = await asyncio.start_server(lambda _reader, writer: writer.close(), listen.host, listen.port)
            probe.close()
            await probe.wait_closed()
            port = self._server.add_insecure_port(str(listen))
        except (OSError, RuntimeError) as error:
            raise CannotServe(f"cannot listen on {listen} for gRPC: {_plain(error)}") from error
        self.grpc_address = Address(listen.host, port)
        try:
            port = await self._http.start(http.host, http.port)
        except OSError as error:
            raise CannotServe(f"cannot listen on {http} for HTTP: {_plain(error)}") from error
        self.http_address = Address(http.host, port)


def _plain(error: Exception) -> str:
    """The system's words; asyncio repeats the address in them. Errors of name resolution have numbers below 0."""
    if isinstance(error, OSError) and error.errno is not None:
        return os.strerror(error.errno) if error.errno > 0 else str(error.strerror)
    return str(error)
