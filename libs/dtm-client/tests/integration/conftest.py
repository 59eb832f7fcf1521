"""Branches of a shop on a server of this process, and clients of one real DTM server."""

import asyncio
import itertools
import sqlite3
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
import grpc.aio
import pytest

from dtm_client.aio.client import DtmClient
from dtm_client.barrier.dialects import SQLITE
from dtm_client.barrier.over.sqlite3 import query_prepared, run_in_barrier
from dtm_client.branch.context import BranchContext, current_branch
from dtm_client.branch.interceptor_aio import AsyncBranchInterceptor
from dtm_client.errors import BranchRefused
from dtm_client.testing.server import DtmServer

_numbers = itertools.count(1)


class Shop(grpc.GenericRpcHandler):
    """Every method passes the barrier and writes what it did; the payload ``no`` makes an action or a try refuse.

    A method named in ``holds`` waits for that event first, and the gids in ``down`` meet nothing but errors.
    """

    def __init__(self) -> None:
        self.database = sqlite3.connect(":memory:", isolation_level=None)
        self.database.execute(SQLITE.table)
        self.effects: list[tuple[str, str]] = []
        self.calls: list[tuple[BranchContext, bytes]] = []
        self.holds: dict[str, asyncio.Event] = {}
        self.down: set[str] = set()
        self.address = ""

    def url(self, method: str) -> str:
        return f"dns:{self.address}/shop.Stock/{method}"

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        method = handler_call_details.method.rpartition("/")[2]

        async def handle(request: bytes, context: object) -> bytes:
            call = current_branch()
            self.calls.append((call, request))
            if hold := self.holds.get(method):
                await hold.wait()
            if call.gid in self.down:
                raise ConnectionError("down")
            if method == "QueryPrepared":
                if not query_prepared(self.database, call.gid):
                    raise BranchRefused("the local transaction did not commit")
                return b""
            if request == b"no" and call.may_refuse:
                raise BranchRefused("out of stock, größer")
            run_in_barrier(self.database, call, lambda: self.effects.append((call.branch_id, call.operation))).check()
            return b"done"

        return grpc.unary_unary_rpc_method_handler(handle)

    def operations(self, gid: str) -> list[tuple[str, str]]:
        """What was called for a transaction, in order."""
        return [(call.branch_id, call.operation) for call, _ in self.calls if call.gid == gid]


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    branches = Shop()
    server = grpc.aio.server(handlers=[branches], interceptors=[AsyncBranchInterceptor({"shop.Stock"})])
    branches.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    yield branches
    await server.stop(None)
    branches.database.close()


@pytest.fixture(params=["http", "probe"])
async def dtm(request: pytest.FixtureRequest, dtm_server: DtmServer) -> AsyncIterator[DtmClient]:
    """The client with both ways to ask for a status."""
    http = dtm_server.http if request.param == "http" else None
    async with DtmClient(dtm_server.address, http=http) as client:
        yield client


@pytest.fixture
def gid() -> Callable[[], str]:
    """A fresh gid; it ends in a letter, for boltdb confuses gids of which one is the other plus digits."""
    return lambda: f"integration-{next(_numbers)}-x"
