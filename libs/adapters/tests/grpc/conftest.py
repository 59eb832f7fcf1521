"""Listeners in process, with servicers of the real contracts that keep everything in memory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo
from grpc import StatusCode
from grpc_status import rpc_status
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs
from structlog.typing import EventDict

from accord.adapters.grpc.error_table import ErrorTable
from accord.adapters.grpc.health import Health
from accord.adapters.grpc.listener import Listener
from accord.inventory.v1 import inventory_branch_pb2_grpc, inventory_pb2, inventory_pb2_grpc
from accord.money.v1.money_pb2 import Money
from accord.order.v1 import order_pb2, order_pb2_grpc
from dtm_client.branch.context import BranchContext, current_branch


class ShopError(Exception):
    pass


class ItemUnknown(ShopError):
    pass


class NotEnoughStock(ShopError):
    pass


class Inventory(inventory_pb2_grpc.InventoryServiceServicer):
    """The whole public contract; `on_quote` runs in the middle of a Quote."""

    def __init__(self) -> None:
        self.items: dict[str, inventory_pb2.StockItem] = {}
        self.on_quote: Callable[[], Awaitable[None]] | None = None
        self.time_remaining: float | None = None

    async def Quote(self, request: Any, context: Any) -> Any:
        self.time_remaining = context.time_remaining()
        if self.on_quote is not None:
            await self.on_quote()
        prices = [inventory_pb2.Price(sku=sku, unit_price=self._item(sku).unit_price) for sku in request.skus]
        return inventory_pb2.QuoteResponse(prices=prices)

    async def GetStock(self, request: Any, context: Any) -> Any:
        return inventory_pb2.GetStockResponse(item=self._item(request.sku))

    async def ListStock(self, request: Any, context: Any) -> Any:
        return inventory_pb2.ListStockResponse(items=self.items.values())

    async def PutItem(self, request: Any, context: Any) -> Any:
        item = inventory_pb2.StockItem(sku=request.sku, name=request.name, unit_price=request.unit_price)
        self.items[item.sku] = item
        return inventory_pb2.PutItemResponse(item=item)

    async def AdjustStock(self, request: Any, context: Any) -> Any:
        item = self._item(request.sku)
        if item.on_hand + request.by < 0:
            raise NotEnoughStock(f"{item.sku}: {item.on_hand}")
        item.on_hand += request.by
        return inventory_pb2.AdjustStockResponse(item=item)

    def _item(self, sku: str) -> inventory_pb2.StockItem:
        if sku not in self.items:
            raise ItemUnknown(sku)
        return self.items[sku]


class Orders(order_pb2_grpc.OrderServiceServicer):
    """WatchOrder alone: one message, then open until somebody ends it."""

    def __init__(self) -> None:
        self.watching = asyncio.Event()
        self.ended = asyncio.Event()
        self.error: Exception | None = None

    async def WatchOrder(self, request: Any, context: Any) -> Any:
        try:
            yield order_pb2.WatchOrderResponse(order=order_pb2.Order(order_id=request.order_id))
            if self.error is not None:
                raise self.error
            self.watching.set()
            await asyncio.Event().wait()
        finally:
            self.ended.set()


class StockBranches(inventory_branch_pb2_grpc.InventoryBranchServiceServicer):
    """Remembers how it was called; raises what it is told to."""

    def __init__(self) -> None:
        self.calls: list[BranchContext] = []
        self.error: Exception | None = None

    async def Reserve(self, request: Any, context: Any) -> Any:
        self.calls.append(current_branch())
        if self.error is not None:
            raise self.error
        return Empty()

    Commit = Reserve
    Release = Reserve
    Restock = Reserve


@dataclass
class Running:
    """Both listeners on one health service, each with a channel of its own."""

    health: Health
    public: Listener
    branch: Listener
    channel: grpc.aio.Channel
    branch_channel: grpc.aio.Channel
    inventory: Inventory
    orders: Orders
    branches: StockBranches

    @property
    def stock(self) -> "inventory_pb2_grpc.InventoryServiceAsyncStub":
        return inventory_pb2_grpc.InventoryServiceStub(self.channel)

    @property
    def watch(self) -> Any:
        return order_pb2_grpc.OrderServiceStub(self.channel).WatchOrder

    @property
    def branch_stub(self) -> "inventory_branch_pb2_grpc.InventoryBranchServiceAsyncStub":
        return inventory_branch_pb2_grpc.InventoryBranchServiceStub(self.branch_channel)


@pytest.fixture
def logs() -> Iterator[list[EventDict]]:
    with capture_logs([merge_contextvars]) as lines:
        yield lines


@pytest.fixture
async def listeners(logs: list[EventDict]) -> AsyncIterator[Callable[..., Awaitable[Running]]]:
    """Start both listeners; more entries of the error table and the admission limit may be given."""
    async with AsyncExitStack() as stack:

        async def start(admitted: int = 100, **servicers: object) -> Running:
            health = Health()
            errors = ErrorTable(
                {
                    ItemUnknown: (StatusCode.NOT_FOUND, "ITEM_UNKNOWN"),
                    ShopError: (StatusCode.FAILED_PRECONDITION, "SHOP_ERROR"),
                }
            )
            public, branch = Listener.public(health, errors, admitted), Listener.branch(health)
            inventory, branches = Inventory(), StockBranches()
            orders = Orders()  # type: ignore[abstract]  # the others stay generated
            inventory.items["A"] = inventory_pb2.StockItem(
                sku="A", name="a", unit_price=Money(minor=1, currency="EUR"), on_hand=3
            )
            await branch.start(
                "127.0.0.1:0",
                [(inventory_branch_pb2_grpc.add_InventoryBranchServiceServicer_to_server, branches)],
            )
            stack.push_async_callback(branch.stop, 0)
            await public.start(
                "127.0.0.1:0",
                [
                    (inventory_pb2_grpc.add_InventoryServiceServicer_to_server, inventory),
                    (order_pb2_grpc.add_OrderServiceServicer_to_server, orders),
                ],
            )
            stack.push_async_callback(public.stop, 0)
            await health.begin([*public.service_names, *branch.service_names])
            channel = await stack.enter_async_context(grpc.aio.insecure_channel(f"127.0.0.1:{public.port}"))
            other = await stack.enter_async_context(grpc.aio.insecure_channel(f"127.0.0.1:{branch.port}"))
            return Running(health, public, branch, channel, other, inventory, orders, branches)

        yield start


@pytest.fixture
async def running(listeners: Callable[..., Awaitable[Running]]) -> Running:
    return await listeners()


@dataclass(frozen=True)
class Failure:
    """A call's status, with its details unpacked."""

    code: StatusCode
    message: str
    info: ErrorInfo
    fields: dict[str, str]


@pytest.fixture
def failure() -> Callable[[Awaitable[object]], Awaitable[Failure]]:
    """Await a call that fails, and read its rich status."""

    async def read(call: Awaitable[object]) -> Failure:
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await call
        status = rpc_status.from_call(raised.value)
        assert status is not None, f"{raised.value.code()} {raised.value.details()} without details"
        info, bad = ErrorInfo(), BadRequest()
        for detail in status.details:
            detail.Unpack(info)
            detail.Unpack(bad)
        return Failure(
            raised.value.code(),
            raised.value.details() or "",
            info,
            {violation.field: violation.description for violation in bad.field_violations},
        )

    return read


@pytest.fixture
def dtm_metadata() -> Callable[..., list[tuple[str, str]]]:
    def metadata(
        gid: Any = "gid", trans_type: Any = "saga", branch_id: Any = "01", op: Any = "action"
    ) -> list[tuple[str, str]]:
        return [("dtm-gid", gid), ("dtm-trans_type", trans_type), ("dtm-branch_id", branch_id), ("dtm-op", op)]

    return metadata
