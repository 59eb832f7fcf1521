"""The service in this process, on a database in memory, with real listeners on ports of their own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import grpc.aio
import pytest
from google.protobuf.empty_pb2 import Empty
from google.rpc.error_details_pb2 import ErrorInfo
from grpc_status.rpc_status import aio as rpc_status

from accord.adapters.service.life import started
from accord.audit.v1 import audit_pb2, audit_pb2_grpc
from accord.inventory.v1 import inventory_branch_pb2_grpc, inventory_pb2, inventory_pb2_grpc
from accord.inventory.v1.inventory_branch_pb2 import StockBranchRequest
from accord.money.v1 import money_pb2
from accord.services.inventory.bootstrap import bootstrap
from accord.services.inventory.config import InventorySettings
from dtm_client.protocol.metadata import branch_metadata
from dtm_client.values.status import Mode, Operation


@dataclass(frozen=True)
class Running:
    """The service, as its clients, the audit and the transaction manager reach it."""

    stock: "inventory_pb2_grpc.InventoryServiceAsyncStub"
    audits: "audit_pb2_grpc.AuditServiceAsyncStub"
    branches: "inventory_branch_pb2_grpc.InventoryBranchServiceAsyncStub"

    async def put(self, sku: str, minor: int = 450, on_hand: int = 0) -> inventory_pb2.StockItem:
        """Offer an item and let pieces of it be delivered."""
        price = money_pb2.Money(minor=minor, currency="EUR")
        put = await self.stock.PutItem(inventory_pb2.PutItemRequest(sku=sku, name=sku.title(), unit_price=price))
        if not on_hand:
            return put.item
        delivery = inventory_pb2.AdjustStockRequest(sku=sku, by=on_hand, idempotency_key=f"delivery-of-{sku}")
        return (await self.stock.AdjustStock(delivery)).item

    async def figures(self, sku: str) -> tuple[int, int]:
        """Return what is on hand, and what of it is reserved."""
        item = (await self.stock.GetStock(inventory_pb2.GetStockRequest(sku=sku))).item
        return item.on_hand, item.reserved

    async def refusal(self, method: str, request: object) -> tuple[grpc.StatusCode, str]:
        """Call a public method that fails, and return its status and its reason."""
        call = getattr(self.stock, method)(request)
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await call
        status = await rpc_status.from_call(call)
        info = ErrorInfo()
        assert status.details[0].Unpack(info)
        return error.value.code(), info.reason

    async def branch(
        self, method: str, request: StockBranchRequest, operation: Operation, gid: str = "g", mode: Mode = Mode.SAGA
    ) -> tuple[grpc.StatusCode, str]:
        """Call a branch as the transaction manager does, and return its answer."""
        call: grpc.aio.UnaryUnaryMultiCallable[StockBranchRequest, Empty] = getattr(self.branches, method)
        try:
            await call(request, metadata=branch_metadata(gid, mode, "01", operation, "", {}))
        except grpc.aio.AioRpcError as error:
            return error.code(), error.details() or ""
        return grpc.StatusCode.OK, ""

    async def audit(self) -> list[audit_pb2.AuditResponse]:
        """Return every record."""
        return [record async for record in self.audits.Audit(audit_pb2.AuditRequest())]


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    settings = InventorySettings(
        public_listen="127.0.0.1:0", branch_listen="127.0.0.1:0", database="memory://", drain_pause=0
    )
    async with (
        started("inventory", settings, bootstrap) as life,
        grpc.aio.insecure_channel(life.addresses["public"]) as public,
        grpc.aio.insecure_channel(life.addresses["branch"]) as branch,
    ):
        yield Running(
            inventory_pb2_grpc.InventoryServiceStub(public),
            audit_pb2_grpc.AuditServiceStub(public),
            inventory_branch_pb2_grpc.InventoryBranchServiceStub(branch),
        )
