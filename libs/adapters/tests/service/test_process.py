"""A service as a process: its lines, its signals, its exit codes."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import grpc
import pytest

from accord.inventory.v1 import inventory_pb2, inventory_pb2_grpc

PROGRAM = Path(__file__).with_name("small_service.py")
WITHIN = 20.0
# Longer than any test may take: who waits for its end fails.
LONG = "1000"


class Process:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def line(self) -> str:
        assert self.process.stdout is not None
        line: bytes = await asyncio.wait_for(self.process.stdout.readline(), WITHIN)
        return line.decode().strip()

    async def ready(self) -> dict[str, str]:
        ready: dict[str, str] = json.loads(await self.line())
        return ready

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def end(self) -> tuple[int, list[str]]:
        """Its exit code, and its lines on stderr."""
        _, errors = await asyncio.wait_for(self.process.communicate(), WITHIN)
        assert self.process.returncode is not None
        return self.process.returncode, errors.decode().splitlines()


@pytest.fixture
async def spawn() -> AsyncIterator[Callable[..., Awaitable[Process]]]:
    spawned: list[Process] = []

    async def start(*arguments: str, **variables: str) -> Process:
        clean = {key: value for key, value in os.environ.items() if not key.startswith("ACCORD_")}
        environment = {**clean, "ACCORD_DATABASE": "memory://", "ACCORD_DRAIN_PAUSE": "0", **variables}
        process = await asyncio.create_subprocess_exec(
            sys.executable, PROGRAM, *(arguments or ("serve",)), stdout=PIPE, stderr=PIPE, env=environment
        )
        spawned.append(Process(process))
        return spawned[-1]

    yield start
    for one in spawned:
        if one.process.returncode is None:
            one.process.kill()
            await one.process.communicate()


def told(lines: list[str]) -> list[str]:
    events = [json.loads(line) for line in lines]
    assert events == sorted(events, key=lambda event: event["@timestamp"])
    return [event["message"] for event in events if event.get("event.action") == "life"]


@pytest.mark.requirement("drain.ends-clean")
async def test_a_service_says_that_it_is_ready_and_ends_clean_in_order(spawn: Any) -> None:
    process = await spawn()
    ready = await process.ready()
    assert ready.keys() == {"service", "public", "branch"}
    assert ready["service"] == "small"
    async with grpc.aio.insecure_channel(ready["public"]) as channel:
        await inventory_pb2_grpc.InventoryServiceStub(channel).ListStock(inventory_pb2.ListStockRequest())

    process.signal(signal.SIGTERM)
    code, lines = await process.end()
    assert code == 0
    assert told(lines) == [
        "serving",
        "told to stop",
        "not serving any more",
        "pause is over",
        "stopping public",
        "stopped public",
        "stopping branch",
        "stopped branch",
        "ended",
    ]


async def test_a_start_that_is_told_to_stop_gives_up_and_ends_clean(spawn: Any) -> None:
    process = await spawn(ACCORD_HANG="start")
    assert await process.line() == "starting"

    process.signal(signal.SIGTERM)
    code, lines = await process.end()
    assert code == 0
    assert told(lines)[0] == "told to stop"
    assert "serving" not in told(lines)
    assert "stopped branch" in told(lines)


@pytest.mark.requirement("drain.second-signal-cuts")
async def test_a_second_signal_cuts_the_drain_short_even_of_a_deaf_handler(spawn: Any) -> None:
    process = await spawn(ACCORD_HANG="call", ACCORD_DRAIN_GRACE=LONG)
    ready = await process.ready()
    async with grpc.aio.insecure_channel(ready["public"]) as channel:
        call = inventory_pb2_grpc.InventoryServiceStub(channel).ListStock(inventory_pb2.ListStockRequest())
        assert await process.line() == "called"
        process.signal(signal.SIGTERM)
        # The server turns to nobody new once it stops: the sign that the first signal was heard.
        async with asyncio.timeout(WITHIN):
            while b"stopping public" not in await process.process.stderr.readline():
                pass
        process.signal(signal.SIGTERM)
        code, lines = await process.end()
        with pytest.raises(grpc.aio.AioRpcError):
            await call
    assert code == 1
    assert any("calls were cut" in line for line in lines)


@pytest.mark.requirement("drain.grace-is-bounded")
async def test_a_deaf_handler_is_left_behind_when_the_grace_is_spent(spawn: Any) -> None:
    process = await spawn(ACCORD_HANG="call", ACCORD_DRAIN_GRACE="0.05")
    ready = await process.ready()
    async with grpc.aio.insecure_channel(ready["public"]) as channel:
        call = inventory_pb2_grpc.InventoryServiceStub(channel).ListStock(inventory_pb2.ListStockRequest())
        assert await process.line() == "called"
        process.signal(signal.SIGTERM)
        code, lines = await process.end()
        with pytest.raises(grpc.aio.AioRpcError):
            await call
    assert code == 1
    assert told(lines)[-1] == "ended"


@pytest.mark.parametrize(
    ("variables", "code", "line"),
    [
        ({"ACCORD_DATABASE": ""}, 2, "small: ACCORD_DATABASE is not set; choices: sqlite:////absolute/path.db, "),
        ({"ACCORD_CRASH_AT": "x"}, 2, "small: ACCORD_CRASH_AT: there is no crash point 'x'; known are small.step:"),
        (
            {"ACCORD_PUBLIC_LISTEN": "192.0.2.1:7200"},
            1,
            "small: ACCORD_PUBLIC_LISTEN: cannot listen on 192.0.2.1:7200: Cannot assign requested address",
        ),
    ],
)
async def test_a_start_that_fails_says_why_in_its_last_line(spawn: Any, variables: Any, code: Any, line: Any) -> None:
    process = await spawn(**variables)
    found, lines = await process.end()

    assert found == code
    assert lines[-1].startswith(line)
    # Everything else is log lines: no traceback, nothing of gRPC's own.
    assert all("@timestamp" in json.loads(other) for other in lines[:-1])


async def test_a_command_line_that_means_nothing_is_wrong_usage(spawn: Any) -> None:
    process = await spawn("sevre")
    code, lines = await process.end()
    assert code == 2
    assert "invalid choice: 'sevre'" in lines[-1]
