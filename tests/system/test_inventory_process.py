"""One service as a process of its own, met by the tools that operators use, and killed at its crash points."""

import asyncio
import json
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import grpc
import pytest

from accord.cli.processes.child import Child
from accord.inventory.v1 import inventory_branch_pb2_grpc, inventory_pb2, inventory_pb2_grpc
from accord.inventory.v1.inventory_branch_pb2 import StockBranchRequest, StockLine
from accord.money.v1.money_pb2 import Money
from dtm_client.protocol.metadata import branch_metadata
from dtm_client.values.status import Mode, Operation

Start = Callable[..., Awaitable[tuple[Child, dict[str, str]]]]

PRICE = Money(minor=450, currency="EUR")


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Starts the service on one database, and returns it with its ready line."""
    started: list[Child] = []

    async def of(**environment: str) -> tuple[Child, dict[str, str]]:
        own = {
            "ACCORD_DATABASE": f"sqlite:///{tmp_path}/inventory.db?synchronous=normal",
            "ACCORD_PUBLIC_LISTEN": "127.0.0.1:0",
            "ACCORD_BRANCH_LISTEN": "127.0.0.1:0",
            "ACCORD_DRAIN_PAUSE": "0",
        }
        arguments = ("accord.services.inventory", "serve", "--migrate")
        child = Child("inventory", arguments, own | environment, tmp_path / "inventory.log")
        started.append(child)
        return child, await child.start(sys.executable)

    yield of
    for child in started:
        await child.stop()


async def run(*command: str | Path) -> str:
    """Return what a command that succeeds says on stdout."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


@pytest.mark.integration
async def test_operators_find_their_way_by_reflection_and_probes(start: Start, tool: Callable[[str], Path]) -> None:
    child, ready = await start()

    async def grpcurl(*arguments: str) -> str:
        return await run(tool("grpcurl"), "-plaintext", *arguments)

    async def call(method: str, request: dict[str, Any]) -> Any:
        path = f"accord.inventory.v1.InventoryService/{method}"
        return json.loads(await grpcurl("-d", json.dumps(request), ready["public"], path))

    shared = {"grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"}
    public = {"accord.audit.v1.AuditService", "accord.inventory.v1.InventoryService"}
    assert set((await grpcurl(ready["public"], "list")).split()) == shared | public
    assert set((await grpcurl(ready["branch"], "list")).split()) == shared | {
        "accord.inventory.v1.InventoryBranchService"
    }
    assert "rpc PutItem" in await grpcurl(ready["public"], "describe", "accord.inventory.v1.InventoryService")
    assert "unit_price" in await grpcurl(ready["public"], "describe", ".accord.inventory.v1.PutItemRequest")

    names = ["", "liveness", "readiness", "startup", "accord.inventory.v1.InventoryService"]
    for listener in ("public", "branch"):
        for name in names:
            # Fails unless it is told SERVING.
            await run(tool("grpc_health_probe"), f"-addr={ready[listener]}", f"-service={name}")

    price = {"minor": "450", "currency": "EUR"}
    put = await call("PutItem", {"sku": "TEA", "name": "Green tea", "unit_price": price})
    quote = await call("Quote", {"skus": ["TEA"]})
    assert put["item"]["name"] == "Green tea"
    assert quote == {"prices": [{"sku": "TEA", "unit_price": price, "version": "1"}]}

    await child.stop()
    assert await child.died() == 0


async def reserve(ready: dict[str, str]) -> grpc.StatusCode:
    """Call Reserve of one and the same saga as the transaction manager does."""
    line = StockLine(sku="TEA", quantity=2, unit_price=PRICE, price_version=1)
    request = StockBranchRequest(order_id="0b5f7c1e-0000-5000-8000-000000000001", lines=[line])
    metadata = branch_metadata("place-1", Mode.SAGA, "01", Operation.ACTION, "", {})
    async with grpc.aio.insecure_channel(ready["branch"]) as channel:
        call = inventory_branch_pb2_grpc.InventoryBranchServiceStub(channel).Reserve(request, metadata=metadata)
        return await call.code()


@pytest.mark.requirement("crash.points-surround-commit")
@pytest.mark.parametrize(("point", "kept"), [("before-commit", 0), ("after-commit", 2)])
async def test_a_process_killed_at_its_commit_has_reserved_all_or_nothing_and_once_after_a_repeat(
    start: Start, tmp_path: Path, point: str, kept: int
) -> None:
    child, ready = await start(ACCORD_CRASH_AT=f"inventory.reserve:{point}")
    async with grpc.aio.insecure_channel(ready["public"]) as channel:
        stock = inventory_pb2_grpc.InventoryServiceStub(channel)
        await stock.PutItem(inventory_pb2.PutItemRequest(sku="TEA", name="Tea", unit_price=PRICE))
        await stock.AdjustStock(inventory_pb2.AdjustStockRequest(sku="TEA", by=10, idempotency_key="delivery"))

    assert await reserve(ready) is grpc.StatusCode.UNAVAILABLE
    assert await child.died() == -signal.SIGKILL
    assert reserved(tmp_path) == kept

    _, ready = await start()
    assert await reserve(ready) is grpc.StatusCode.OK
    assert reserved(tmp_path) == 2


def reserved(folder: Path) -> int:
    """Look into the database itself, whoever has it open."""
    connection = sqlite3.connect(folder / "inventory.db")
    try:
        return int(connection.execute("select reserved from item").fetchone()[0])
    finally:
        connection.close()
