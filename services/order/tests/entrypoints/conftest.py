"""The service in this process, on a database in memory, with real listeners on ports of their own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import grpc.aio
import pytest
from google.protobuf.empty_pb2 import Empty

from accord.adapters.dtm import flows
from accord.adapters.service.life import started
from accord.audit.v1 import audit_pb2, audit_pb2_grpc
from accord.order.v1 import order_branch_pb2_grpc, order_pb2_grpc
from accord.order.v1.order_branch_pb2 import OrderBranchRequest
from accord.ports.flow import FrozenFlow, Message, Saga, Tcc
from accord.ports.money import Money
from accord.ports.transactions import Outcome, RolledBack
from accord.ports.unit_of_work import SqlSession
from accord.services.order.bootstrap import bootstrap
from accord.services.order.config import OrderSettings
from accord.services.order.domain.errors import UnknownItem
from accord.services.order.domain.price_list import Price
from accord.services.order.infrastructure.client.routes import ROUTES
from dtm_client.protocol.metadata import branch_metadata
from dtm_client.values.status import Mode, Operation

T = TypeVar("T")


class FakePrices:
    async def quote(self, skus: Sequence[str]) -> Mapping[str, Price]:
        if unknown := [sku for sku in skus if sku.startswith("NO")]:
            raise UnknownItem(f"inventory has no {unknown[0]}")
        return {sku: Price(Money(100, "USD" if sku == "DOLLAR" else "EUR"), 1) for sku in skus}


@dataclass
class FakeDesk:
    """A payment service that remembers what it was asked, and raises what it is told to."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    error: Exception | None = None
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def cancel(self, payment_id: str) -> None:
        self._answer("cancel", payment_id)

    async def refund(self, payment_id: str) -> None:
        self._answer("refund", payment_id)

    def _answer(self, what: str, payment_id: str) -> None:
        self.asked.append((what, payment_id))
        self.was_asked.set()
        if self.error is not None:
            raise self.error


@dataclass
class FakeTransactions:
    outcome: Outcome = field(default_factory=lambda: RolledBack("OUT_OF_STOCK"))

    def freeze(self, flow: Saga | Tcc) -> FrozenFlow:
        return flows.freeze(flow, ROUTES)

    async def run(self, flow: FrozenFlow) -> Outcome:
        return self.outcome

    async def resume(self, flow: FrozenFlow) -> Outcome:
        return self.outcome

    async def decide(self, flow: Message, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        raise AssertionError("the order service decides nothing by messages")

    async def ping(self) -> None:
        """Always there."""

    async def aclose(self) -> None:
        """Nothing to close."""


@dataclass(frozen=True)
class Running:
    """The service, as its clients and the transaction manager reach it."""

    transactions: FakeTransactions
    desk: FakeDesk
    orders: "order_pb2_grpc.OrderServiceAsyncStub"
    branches: "order_branch_pb2_grpc.OrderBranchServiceAsyncStub"
    audits: "audit_pb2_grpc.AuditServiceAsyncStub"

    async def branch(
        self, method: str, request: OrderBranchRequest, operation: Operation, gid: str = "g", mode: Mode = Mode.SAGA
    ) -> tuple[grpc.StatusCode, str]:
        """Call a branch as the transaction manager does, and return its answer."""
        call: grpc.aio.UnaryUnaryMultiCallable[OrderBranchRequest, Empty] = getattr(self.branches, method)
        try:
            await call(request, metadata=branch_metadata(gid, mode, "01", operation, "", {}))
        except grpc.aio.AioRpcError as error:
            return error.code(), error.details() or ""
        return grpc.StatusCode.OK, ""

    async def laws(self) -> dict[str, bool]:
        """Return each law and whether it holds."""
        records = [record async for record in self.audits.Audit(audit_pb2.AuditRequest())]
        return {record.law.name: record.law.holds for record in records if record.HasField("law")}


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    settings = OrderSettings(
        public_listen="127.0.0.1:0",
        branch_listen="127.0.0.1:0",
        database="memory://",
        drain_pause=0,
        order_unpaid_limit=2,
        order_poll=0.01,
    )
    transactions = FakeTransactions()
    desk = FakeDesk()
    async with (
        started("order", settings, bootstrap, prices=FakePrices(), transactions=transactions, desk=desk) as life,
        grpc.aio.insecure_channel(life.addresses["public"]) as public,
        grpc.aio.insecure_channel(life.addresses["branch"]) as branch,
    ):
        yield Running(
            transactions,
            desk,
            order_pb2_grpc.OrderServiceStub(public),
            order_branch_pb2_grpc.OrderBranchServiceStub(branch),
            audit_pb2_grpc.AuditServiceStub(public),
        )
