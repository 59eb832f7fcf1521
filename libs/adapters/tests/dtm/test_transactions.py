"""Stored flows, run by the embedded coordinator against branches behind real sockets."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import grpc.aio
import pytest
from google.protobuf.empty_pb2 import Empty

from accord.adapters.dtm.branches import Branches
from accord.adapters.dtm.errors import InvalidCommand
from accord.adapters.dtm.routes import Route, Routes
from accord.adapters.dtm.targets import BranchTargets
from accord.adapters.dtm.transactions import DtmTransactions
from accord.adapters.sqlite.memory import MemoryUnitOfWork
from accord.inventory.v1.inventory_branch_pb2 import StockBranchRequest
from accord.inventory.v1.inventory_branch_pb2_grpc import (
    InventoryBranchServiceServicer,
    add_InventoryBranchServiceServicer_to_server,
)
from accord.ports.flow import FrozenFlow, Message, Saga, Tcc
from accord.ports.transactions import NotStored, RolledBack, Succeeded
from accord.ports.unit_of_work import SqlSession
from dtm_client.aio.client import DtmClient
from dtm_client.branch.context import current_branch
from dtm_client.branch.interceptor_aio import AsyncBranchInterceptor
from dtm_client.coordinator.server import Address, Coordinator
from dtm_client.coordinator.store.memory import MemoryStore
from dtm_client.testing.server import DtmServer

SERVICE = "accord.inventory.v1.InventoryBranchService"
FIRST, SECOND = (str(UUID(int=number)) for number in (1, 2))
Entries = Callable[[], Awaitable[list[str]]]


@dataclass(frozen=True)
class Reserve:
    order_id: str


@dataclass(frozen=True)
class Commit:
    order_id: str


@dataclass(frozen=True)
class Misrouted:
    order_id: str


def encode(command: Reserve | Commit | Misrouted) -> StockBranchRequest:
    return StockBranchRequest(order_id=command.order_id)


ROUTES = {
    Reserve: Route("stock", SERVICE, "Reserve", encode, undo="Release", confirm="Commit"),
    Commit: Route("stock", SERVICE, "Commit", encode),
    Misrouted: Route("stock", SERVICE, "Rezerve", encode, undo="Release", confirm="Commit"),
}


class OutOfStock(Exception):
    reason = "OUT_OF_STOCK"


@dataclass
class Stock(InventoryBranchServiceServicer):
    """Writes what it is asked for; notes the bytes of every call."""

    branches: Branches
    refuses: set[str] = field(default_factory=set)
    received: list[tuple[str, bytes]] = field(default_factory=list)

    async def Reserve(self, request: StockBranchRequest, context: Any) -> Empty:
        return await self._run("reserve", request)

    async def Commit(self, request: StockBranchRequest, context: Any) -> Empty:
        return await self._run("commit", request)

    async def Release(self, request: StockBranchRequest, context: Any) -> Empty:
        return await self._run("release", request)

    async def Restock(self, request: StockBranchRequest, context: Any) -> Empty:
        return await self._run("restock", request)

    async def _run(self, name: str, request: StockBranchRequest) -> Empty:
        self.received.append((f"{name} {current_branch().branch_id}", request.SerializeToString()))

        async def work(session: SqlSession) -> None:
            if name == "reserve" and request.order_id in self.refuses:
                raise OutOfStock
            await session.execute("insert into entry values (?)", f"{name} {current_branch().branch_id}")

        return await self.branches.run(name, request, work)


@pytest.fixture
def stock(database: MemoryUnitOfWork, crash_points: Any) -> Stock:
    return Stock(Branches(database, crash_points, "stock", OutOfStock))


@pytest.fixture
async def target(stock: Stock) -> AsyncIterator[str]:
    options = [("grpc.so_reuseport", 0)]
    server = grpc.aio.server(interceptors=[AsyncBranchInterceptor({SERVICE})], options=options)
    add_InventoryBranchServiceServicer_to_server(stock, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"dns:127.0.0.1:{port}"
    await server.stop(None)


@pytest.fixture(params=["embedded", pytest.param("dtm", marks=pytest.mark.integration)])
async def coordinator(request: pytest.FixtureRequest) -> AsyncIterator[Callable[[], DtmClient]]:
    """Makes clients of the embedded coordinator, or of a real DTM server."""
    if request.param == "dtm":
        server: DtmServer = request.getfixturevalue("dtm_server")
        yield lambda: DtmClient(server.address, http=server.http)
        return
    anywhere = Address("127.0.0.1", 0)
    running = await Coordinator.start(MemoryStore(), anywhere, anywhere, time.time, lambda: "new")
    yield lambda: DtmClient(str(running.grpc_address), http=f"http://{running.http_address}")
    await running.stop()


@pytest.fixture
def adapter(
    target: str, database: MemoryUnitOfWork, crash_points: Any
) -> Callable[[DtmClient, Routes], DtmTransactions]:
    return lambda client, routes: DtmTransactions(
        client,
        service="stock",
        routes=routes,
        targets=BranchTargets({"stock": target}),
        unit_of_work=database,
        crash_points=crash_points,
        query_prepared=f"{SERVICE}/Commit",
    )


@pytest.fixture
async def transactions(
    coordinator: Callable[[], DtmClient], adapter: Callable[[DtmClient, Routes], DtmTransactions]
) -> AsyncIterator[DtmTransactions]:
    made = adapter(coordinator(), ROUTES)
    yield made
    await made.aclose()


def saga(*commands: object) -> Saga:
    return Saga("place-hosted", f"place-{uuid4()}", commands)


def tcc(*commands: object) -> Tcc:
    return Tcc("place-wallet", f"place-{uuid4()}", commands)


@pytest.mark.requirement("saga.actions-in-order")
async def test_a_saga_runs_its_commands_in_order(transactions: DtmTransactions, entries: Entries) -> None:
    frozen = transactions.freeze(saga(Reserve(FIRST), Commit(SECOND)))
    assert await transactions.run(frozen) == Succeeded()
    assert await entries() == ["reserve 01", "commit 02"]


@pytest.mark.requirement("saga.same-bytes")
async def test_a_refusal_undoes_a_saga_with_the_same_bytes_and_tells_the_reason(
    transactions: DtmTransactions, stock: Stock, entries: Entries
) -> None:
    stock.refuses.add(SECOND)
    outcome = await transactions.run(transactions.freeze(saga(Reserve(FIRST), Reserve(SECOND))))
    assert outcome == RolledBack("OUT_OF_STOCK")
    # The refused branch is undone too; its barrier sees that there was nothing.
    assert await entries() == ["reserve 01", "release 01"]
    received = dict(stock.received)
    assert received["reserve 01"] == received["release 01"] == encode(Reserve(FIRST)).SerializeToString()
    assert received["reserve 02"] == received["release 02"]


@pytest.mark.parametrize("flow", [saga, tcc])
async def test_resuming_a_flow_that_was_run_tells_its_outcome_and_calls_nobody(
    transactions: DtmTransactions, stock: Stock, entries: Entries, flow: Callable[..., Saga | Tcc]
) -> None:
    frozen = transactions.freeze(flow(Reserve(FIRST)))
    assert await transactions.run(frozen) == Succeeded()
    calls = len(stock.received)
    assert await transactions.resume(frozen) == Succeeded()
    assert len(stock.received) == calls


@pytest.mark.parametrize("flow", [saga, tcc])
async def test_resuming_a_flow_that_was_never_sent_runs_it(
    transactions: DtmTransactions, entries: Entries, flow: Callable[..., Saga | Tcc]
) -> None:
    assert await transactions.resume(transactions.freeze(flow(Reserve(FIRST)))) == Succeeded()
    assert (await entries())[0] == "reserve 01"


async def test_resuming_an_undone_flow_tells_that_it_was_undone(transactions: DtmTransactions, stock: Stock) -> None:
    stock.refuses.add(FIRST)
    frozen = transactions.freeze(saga(Reserve(FIRST)))
    assert await transactions.run(frozen) == RolledBack("OUT_OF_STOCK")
    stock.refuses.clear()
    assert await transactions.resume(frozen) == RolledBack("OUT_OF_STOCK")


@pytest.mark.requirement("tcc.confirmed-in-reverse")
async def test_a_tcc_is_tried_in_order_and_confirmed_in_reverse(
    transactions: DtmTransactions, entries: Entries
) -> None:
    assert await transactions.run(transactions.freeze(tcc(Reserve(FIRST), Reserve(SECOND)))) == Succeeded()
    assert await entries() == ["reserve 01", "reserve 02", "commit 02", "commit 01"]


@pytest.mark.requirement("tcc.refused-try-cancels")
async def test_a_refused_try_cancels_those_before_it(
    transactions: DtmTransactions, stock: Stock, entries: Entries
) -> None:
    stock.refuses.add(SECOND)
    outcome = await transactions.run(transactions.freeze(tcc(Reserve(FIRST), Reserve(SECOND), Reserve(FIRST))))
    assert outcome == RolledBack("OUT_OF_STOCK")
    assert await entries() == ["reserve 01", "release 01"]


@pytest.mark.requirement("tcc.refused-try-cancels")
async def test_a_try_that_nobody_serves_cancels_those_before_it(
    transactions: DtmTransactions, entries: Entries
) -> None:
    outcome = await transactions.run(transactions.freeze(tcc(Reserve(FIRST), Misrouted(SECOND))))
    assert isinstance(outcome, RolledBack)
    assert "stock Rezerve" in outcome.reason
    assert await entries() == ["reserve 01", "release 01"]


async def test_a_stored_flow_sends_the_stored_bytes_whatever_the_routes_have_become(
    transactions: DtmTransactions,
    coordinator: Callable[[], DtmClient],
    adapter: Callable[[DtmClient, Routes], DtmTransactions],
    stock: Stock,
) -> None:
    frozen = transactions.freeze(saga(Reserve(FIRST)))
    moved = replace(ROUTES[Reserve], action="Rezerve", encode=lambda _: StockBranchRequest(order_id=SECOND))
    later = adapter(coordinator(), {Reserve: moved})
    assert await later.run(FrozenFlow(frozen.gid, frozen.content)) == Succeeded()
    assert stock.received == [("reserve 01", encode(Reserve(FIRST)).SerializeToString())]
    await later.aclose()


async def test_the_same_flow_is_frozen_to_the_same_bytes(transactions: DtmTransactions) -> None:
    flow = tcc(Reserve(FIRST), Reserve(SECOND))
    assert transactions.freeze(flow) == transactions.freeze(flow)


async def test_a_command_that_its_receiver_would_not_take_is_never_stored(transactions: DtmTransactions) -> None:
    with pytest.raises(InvalidCommand, match="Reserve: order_id: must be a valid UUID"):
        transactions.freeze(saga(Reserve("no uuid")))

    async def work(session: SqlSession) -> None:
        await session.execute("insert into entry values ('never')")

    with pytest.raises(InvalidCommand, match="Commit: order_id"):
        await transactions.decide(Message("callback-succeeded", f"callback-{uuid4()}", (Commit("no uuid"),)), work)


async def test_a_decision_is_told_by_its_message(transactions: DtmTransactions, stock: Stock, entries: Entries) -> None:
    async def work(session: SqlSession) -> str:
        await session.execute("insert into entry values ('paid')")
        return "paid"

    message = Message("callback-succeeded", f"callback-{uuid4()}", (Commit(FIRST), Commit(SECOND)))
    assert await transactions.decide(message, work) == "paid"
    # The message is delivered by and by; nothing tells the decider.
    async with asyncio.timeout(10):
        while len(await entries()) < 3:
            await transactions.ping()
    assert await entries() == ["paid", "commit 01", "commit 02"]


async def test_a_flow_that_the_coordinator_refuses_to_store_has_not_run(
    dtm: Any, client: DtmClient, adapter: Callable[[DtmClient, Routes], DtmTransactions], stock: Stock
) -> None:
    refused = adapter(client, ROUTES)
    dtm.answers["Prepare"] = [(grpc.StatusCode.INTERNAL, "value too long")]
    assert isinstance(await refused.run(refused.freeze(tcc(Reserve(FIRST)))), NotStored)
    assert stock.received == []


async def test_ping_says_whether_the_coordinator_answers(transactions: DtmTransactions) -> None:
    await transactions.ping()
