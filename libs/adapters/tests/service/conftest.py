"""A small service with everything that a life has: two listeners, a dependency, something between them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from google.protobuf.empty_pb2 import Empty
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs
from structlog.typing import EventDict

from accord.adapters.grpc.error_table import NO_ERRORS
from accord.adapters.service.life import Life
from accord.adapters.settings.base import ServiceSettings
from accord.inventory.v1 import inventory_branch_pb2_grpc, inventory_pb2, inventory_pb2_grpc


class Stock(inventory_pb2_grpc.InventoryServiceServicer):
    """A call that is held until it is released."""

    def __init__(self) -> None:
        self.begun, self.release = asyncio.Event(), asyncio.Event()

    async def ListStock(self, request: Any, context: Any) -> Any:
        self.begun.set()
        await self.release.wait()
        return inventory_pb2.ListStockResponse()


class Branches(inventory_branch_pb2_grpc.InventoryBranchServiceServicer):
    async def Commit(self, request: Any, context: Any) -> Any:
        return Empty()


class Store:
    """An adapter that can be made to fail."""

    def __init__(self) -> None:
        self.closed = False
        self.fault: Exception | None = None

    async def ping(self) -> None:
        if self.fault is not None:
            raise self.fault

    async def aclose(self) -> None:
        self.closed = True


class SmallService:
    def __init__(self) -> None:
        self.stock = Stock()  # type: ignore[abstract]  # the others stay generated
        self.store = Store()
        self.events: list[str] = []

    async def bootstrap(self, life: Life, settings: ServiceSettings) -> None:
        life.dependency("ACCORD_LOCK", self.store)
        await life.serve(
            branch=[(inventory_branch_pb2_grpc.add_InventoryBranchServiceServicer_to_server, Branches())],  # type: ignore[abstract]  # the others stay generated
            public=[(inventory_pb2_grpc.add_InventoryServiceServicer_to_server, self.stock)],
            errors=NO_ERRORS,
        )
        await life.enter(self._webhook())

    @asynccontextmanager
    async def _webhook(self) -> AsyncIterator[None]:
        yield
        self.events.append("webhook ended")


@pytest.fixture
def service() -> SmallService:
    return SmallService()


@pytest.fixture
def logs() -> Iterator[list[EventDict]]:
    with capture_logs([merge_contextvars]) as lines:
        yield lines


@pytest.fixture
def settings_with() -> Callable[..., ServiceSettings]:
    def make(**fields: object) -> ServiceSettings:
        given: dict[str, Any] = {
            "public_listen": "127.0.0.1:0",
            "branch_listen": "127.0.0.1:0",
            "database": "memory://",
        }
        return ServiceSettings(**{**given, "drain_pause": 0, **fields})

    return make
