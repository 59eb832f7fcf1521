"""A database with a barrier, crash points that are noted instead of obeyed, and a transaction manager with a script."""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from google.protobuf.empty_pb2 import Empty

from accord.adapters.sql.check import ensure_schema
from accord.adapters.sql.migrations import Migrations
from accord.adapters.sqlite.memory import MemoryUnitOfWork
from accord.ports.unit_of_work import SqlSession
from dtm_client.aio.client import DtmClient
from dtm_client.protocol.dtm_pb2 import DtmGidReply
from dtm_client.protocol.dtm_pb2_grpc import DtmServicer, add_DtmServicer_to_server

SCHEMA = Migrations("stock", "0001", Path(__file__).parent / "versions")


class NotedCrashPoints:
    """Implements accord.ports.crash.CrashPoints."""

    def __init__(self) -> None:
        self.reached: list[str] = []

    def reach(self, point: str) -> None:
        self.reached.append(point)


@pytest.fixture
def crash_points() -> NotedCrashPoints:
    return NotedCrashPoints()


@pytest.fixture
async def database() -> AsyncIterator[MemoryUnitOfWork]:
    unit_of_work = MemoryUnitOfWork(jitter=lambda: 0.5)
    await ensure_schema(unit_of_work, SCHEMA)
    yield unit_of_work
    await unit_of_work.aclose()


@pytest.fixture
def entries(database: MemoryUnitOfWork) -> Callable[[], Awaitable[list[str]]]:
    """What work has written, in order."""

    async def work(session: SqlSession) -> list[str]:
        return [str(row[0]) for row in (await session.execute("select text from entry order by rowid")).rows]

    return lambda: database.read(work)


@pytest.fixture
def writes() -> Callable[[str], Callable[[SqlSession], Awaitable[str]]]:
    """Work that writes one text, and returns it."""

    def of(text: str) -> Callable[[SqlSession], Awaitable[str]]:
        async def work(session: SqlSession) -> str:
            await session.execute("insert into entry values (?)", text)
            return text

        return work

    return of


@pytest.fixture
def barrier_rows(database: MemoryUnitOfWork) -> Callable[[], Awaitable[list[tuple[str, str]]]]:
    """The operation and the reason of each barrier row."""

    async def work(session: SqlSession) -> list[tuple[str, str]]:
        rows = (await session.execute("select op, reason from barrier order by id")).rows
        return [(str(op), str(reason)) for op, reason in rows]

    return lambda: database.read(work)


class ScriptedDtm(DtmServicer):
    """Notes every call, and answers OK unless it was told otherwise for the method's next calls."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.answers: dict[str, list[tuple[grpc.StatusCode, str]]] = defaultdict(list)
        self.address = ""

    @property
    def methods(self) -> list[str]:
        return [method for method, _ in self.calls]

    async def NewGid(self, request: Empty, context: Any) -> DtmGidReply:
        await self._answer("NewGid", request, context)
        return DtmGidReply(Gid="new")

    async def Prepare(self, request: Any, context: Any) -> Empty:
        return await self._answer("Prepare", request, context)

    async def Submit(self, request: Any, context: Any) -> Empty:
        return await self._answer("Submit", request, context)

    async def Abort(self, request: Any, context: Any) -> Empty:
        return await self._answer("Abort", request, context)

    async def RegisterBranch(self, request: Any, context: Any) -> Empty:
        return await self._answer("RegisterBranch", request, context)

    async def _answer(self, method: str, request: Any, context: Any) -> Empty:
        self.calls.append((method, request))
        if self.answers[method]:
            code, text = self.answers[method].pop(0)
            await context.abort(code, text)
        return Empty()


@pytest.fixture
async def dtm() -> AsyncIterator[ScriptedDtm]:
    servicer = ScriptedDtm()
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    add_DtmServicer_to_server(servicer, server)
    servicer.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    yield servicer
    await server.stop(None)


@pytest.fixture
async def client(dtm: ScriptedDtm) -> AsyncIterator[DtmClient]:
    async with DtmClient(dtm.address, jitter=lambda: 0.5) as made:
        yield made
