"""The whole service in this process: real listeners, coordinator and provider; order and inventory take notes."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import grpc.aio
import pytest
from aiohttp import web
from google.protobuf.empty_pb2 import Empty

from accord.adapters.sandbox.server.book import Book
from accord.adapters.sandbox.server.customer import Customer
from accord.adapters.sandbox.server.delivery import Deliveries
from accord.adapters.sandbox.server.routes import Routes
from accord.adapters.service.life import started
from accord.adapters.settings.values import Coordinator as CoordinatorAddress
from accord.adapters.system.clock import SystemClock
from accord.adapters.system.ids import SystemIds
from accord.audit.v1 import audit_pb2, audit_pb2_grpc
from accord.inventory.v1 import inventory_branch_pb2_grpc
from accord.money.v1.money_pb2 import Money
from accord.order.v1 import order_branch_pb2_grpc
from accord.payment.v1 import payment_branch_pb2_grpc, payment_pb2_grpc
from accord.payment.v1.payment_branch_pb2 import PaymentBranchRequest
from accord.services.payment.bootstrap import bootstrap
from accord.services.payment.config import PaymentSettings
from accord.services.payment.entrypoints.webhook.server import PATH
from dtm_client.coordinator.server import Address, Coordinator
from dtm_client.coordinator.store.memory import MemoryStore
from dtm_client.protocol.metadata import branch_metadata
from dtm_client.testing.server import DtmServer
from dtm_client.values.status import Mode, Operation

KEY = b"the provider's key"
ANYWHERE = Address("127.0.0.1", 0)


@dataclass
class Told(order_branch_pb2_grpc.OrderBranchServiceServicer, inventory_branch_pb2_grpc.InventoryBranchServiceServicer):
    """Stands for order and inventory; notes which orders they are told of."""

    tellings: list[tuple[str, str]] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def Create(self, request: Any, context: Any) -> Empty:
        return await self._note("Create", request)

    async def AwaitPayment(self, request: Any, context: Any) -> Empty:
        return await self._note("AwaitPayment", request)

    async def Reserve(self, request: Any, context: Any) -> Empty:
        return await self._note("Reserve", request)

    async def MarkPaid(self, request: Any, context: Any) -> Empty:
        return await self._note("MarkPaid", request)

    async def Close(self, request: Any, context: Any) -> Empty:
        return await self._note(f"Close {request.close_reason}", request)

    async def Commit(self, request: Any, context: Any) -> Empty:
        return await self._note("Commit", request)

    async def MarkRefunding(self, request: Any, context: Any) -> Empty:
        return await self._note("MarkRefunding", request)

    async def MarkRefunded(self, request: Any, context: Any) -> Empty:
        return await self._note("MarkRefunded", request)

    async def MarkRefundFailed(self, request: Any, context: Any) -> Empty:
        return await self._note("MarkRefundFailed", request)

    async def Restock(self, request: Any, context: Any) -> Empty:
        return await self._note("Restock", request)

    async def Release(self, request: Any, context: Any) -> Empty:
        return await self._note("Release", request)

    async def _note(self, what: str, request: Any) -> Empty:
        async with self.changed:
            self.tellings.append((what, request.order_id))
            self.changed.notify_all()
        return Empty()

    async def wait_for(self, *tellings: tuple[str, str]) -> None:
        """Return once all of them were told; fails the test when they are not."""
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(lambda: set(tellings) <= set(self.tellings))


@dataclass(frozen=True)
class Running:
    """The service, as everybody around it reaches it."""

    told: Told
    payments: "payment_pb2_grpc.PaymentServiceAsyncStub"
    branches: "payment_branch_pb2_grpc.PaymentBranchServiceAsyncStub"
    audits: "audit_pb2_grpc.AuditServiceAsyncStub"
    session: aiohttp.ClientSession
    provider: str

    async def branch(
        self,
        method: str,
        request: Any,
        operation: Operation,
        gid: str = "g",
        mode: Mode = Mode.SAGA,
        branch_id: str = "01",
    ) -> tuple[grpc.StatusCode, str]:
        """Call a branch as the transaction manager does, and return its answer."""
        call: Any = getattr(self.branches, method)
        try:
            await call(request, metadata=branch_metadata(gid, mode, branch_id, operation, "", {}))
        except grpc.aio.AioRpcError as error:
            return error.code(), error.details() or ""
        return grpc.StatusCode.OK, ""

    async def checkout(self, request: PaymentBranchRequest) -> str:
        """Open a session at the provider without the service, and return where the customer pays."""
        amount = {"amount_minor": request.amount.minor, "currency": request.amount.currency}
        wanted = {"payment_id": request.payment_id, **amount}
        async with self.session.post(f"{self.provider}/v1/checkouts", json=wanted) as response:
            url: str = (await response.json())["url"]
            return url

    async def pay(self, url: str, outcome: str = "succeed", **faults: Any) -> list[dict[str, Any]]:
        """Play the customer at the provider, and return what the webhook answered to each callback."""
        async with self.session.post(url, json={"outcome": outcome, "faults": faults, "wait": 30}) as response:
            answers: list[dict[str, Any]] = (await response.json())["answers"]
            return answers

    async def behave(self, refunds: str) -> None:
        """Tell the provider what becomes of the next refunds."""
        async with self.session.post(f"{self.provider}/v1/behaviour", json={"refunds": refunds}) as response:
            response.raise_for_status()

    async def refunded(self) -> list[int]:
        """Return what the provider's book says it gave back, a receipt."""
        async with self.session.get(f"{self.provider}/v1/book") as response:
            return [entry["refunded_minor"] for entry in (await response.json())["entries"]]

    async def audit(self) -> list[audit_pb2.AuditResponse]:
        return [record async for record in self.audits.Audit(audit_pb2.AuditRequest())]

    async def broken_laws(self) -> list[str]:
        return [record.law.name for record in await self.audit() if record.HasField("law") and not record.law.holds]


@pytest.fixture(params=["embedded", pytest.param("dtm", marks=pytest.mark.integration)])
async def coordinator(request: pytest.FixtureRequest) -> AsyncIterator[CoordinatorAddress]:
    """The embedded coordinator, or a real DTM server."""
    if request.param == "dtm":
        server: DtmServer = request.getfixturevalue("dtm_server")
        yield CoordinatorAddress(server.address, server.http.removeprefix("http://"))
        return
    running = await Coordinator.start(MemoryStore(), ANYWHERE, ANYWHERE, time.time, lambda: "new")
    yield CoordinatorAddress(str(running.grpc_address), str(running.http_address))
    await running.stop()


@pytest.fixture
async def told() -> AsyncIterator[tuple[Told, str]]:
    servicer = Told()
    server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])
    order_branch_pb2_grpc.add_OrderBranchServiceServicer_to_server(servicer, server)
    inventory_branch_pb2_grpc.add_InventoryBranchServiceServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield servicer, f"dns:127.0.0.1:{port}"
    await server.stop(None)


def free_addresses(count: int) -> list[str]:
    """Addresses that were free a moment ago, all different: settings must name them before anything listens."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    addresses = [f"127.0.0.1:{one.getsockname()[1]}" for one in held]
    for one in held:
        one.close()
    return addresses


@pytest.fixture
def start(coordinator: CoordinatorAddress, told: tuple[Told, str], tmp_path: Path) -> Callable[..., Any]:
    """Starts the service with its bootstrap's overrides, and a provider that calls it back."""

    @asynccontextmanager
    async def starting(
        *, provider_is_there: bool = True, window: float = 900, **overrides: Any
    ) -> AsyncIterator[Running]:
        servicer, target = told
        branch, provider = free_addresses(2)
        settings = PaymentSettings(
            public_listen="127.0.0.1:0",
            branch_listen=branch,
            webhook_listen="127.0.0.1:0",
            database="memory://",
            transactions=coordinator,
            branch_targets={"order": target, "inventory": target, "payment": f"dns:{branch}"},
            webhook_secrets=(KEY,),
            provider=f"http://{provider}",
            drain_pause=0,
            payment_poll=0.02,
            payment_window=window,
        )
        async with AsyncExitStack() as stack:
            life = await stack.enter_async_context(started("payment", settings, bootstrap, **overrides))
            public = await stack.enter_async_context(grpc.aio.insecure_channel(life.addresses["public"]))
            branches = await stack.enter_async_context(grpc.aio.insecure_channel(life.addresses["branch"]))
            url = f"http://{life.addresses['webhook']}{PATH}"
            if provider_is_there:
                await stack.enter_async_context(sandbox(tmp_path / "book.db", url, provider))
            yield Running(
                servicer,
                payment_pb2_grpc.PaymentServiceStub(public),
                payment_branch_pb2_grpc.PaymentBranchServiceStub(branches),
                audit_pb2_grpc.AuditServiceStub(public),
                await stack.enter_async_context(aiohttp.ClientSession()),
                f"http://{provider}",
            )

    return starting


@asynccontextmanager
async def sandbox(book_file: Path, callback_url: str, address: str) -> AsyncIterator[None]:
    """The provider, in this process."""
    book, deliveries = Book(str(book_file), SystemIds()), Deliveries(callback_url, KEY, SystemClock())
    customer = Customer(book, deliveries, SystemIds())
    runner = web.AppRunner(Routes(book, customer).application(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    host, _, port = address.rpartition(":")
    await web.TCPSite(runner, host, int(port)).start()
    yield
    await customer.aclose()
    await deliveries.aclose()
    await runner.cleanup()
    book.close()


@pytest.fixture
async def running(start: Callable[..., Any]) -> AsyncIterator[Running]:
    async with start() as made:
        yield made


@pytest.fixture
def request_of() -> Callable[..., PaymentBranchRequest]:
    """Makes the payload of a branch call, for a payment of its own unless it is told which."""

    def make(minor: int = 2_500, payment_id: str = "", customer: str = "alice") -> PaymentBranchRequest:
        return PaymentBranchRequest(
            payment_id=payment_id or str(uuid4()),
            order_id=str(uuid4()),
            customer_id=customer,
            amount=Money(minor=minor, currency="EUR"),
        )

    return make
