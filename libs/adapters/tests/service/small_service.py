"""A service as a process, for the tests of processes: starts, hangs or fails as its variables say."""

import asyncio
from pathlib import Path

from accord.adapters.grpc.error_table import NO_ERRORS
from accord.adapters.service.command import main
from accord.adapters.service.crash import arm
from accord.adapters.service.life import Life
from accord.adapters.settings.base import ServiceSettings
from accord.adapters.settings.values import Address
from accord.adapters.sql.migrations import Migrations
from accord.inventory.v1 import inventory_pb2, inventory_pb2_grpc


class SmallSettings(ServiceSettings):
    """`hang` is where the service never comes to an end: in its `start`, or in a `call`."""

    public_listen: Address = "127.0.0.1:0"
    branch_listen: Address = "127.0.0.1:0"
    hang: str = ""


class Stock(inventory_pb2_grpc.InventoryServiceServicer):
    def __init__(self, hang: str) -> None:
        self._hang = hang

    async def ListStock(self, request: object, context: object) -> inventory_pb2.ListStockResponse:
        print("called", flush=True)  # noqa: T201  # the test waits for it
        while self._hang == "call":
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                # Deaf: the worst that a handler can do.
                continue
        return inventory_pb2.ListStockResponse()


async def bootstrap(life: Life, settings: SmallSettings) -> None:
    arm(settings.crash_at, frozenset({"small.step:before-commit"}))
    await life.serve(
        branch=[],
        public=[(inventory_pb2_grpc.add_InventoryServiceServicer_to_server, Stock(settings.hang))],  # type: ignore[abstract]  # the others stay generated
        errors=NO_ERRORS,
    )
    if settings.hang == "start":
        print("starting", flush=True)  # noqa: T201  # the test waits for it
        await asyncio.Event().wait()


if __name__ == "__main__":
    main("small", SmallSettings, bootstrap, Migrations("small", "0001", Path("nowhere")))
