"""The server as a process: ready line, kill -9, restart, orderly end, and errors on one line."""

import asyncio
import contextlib
import json
import resource
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import grpc
import pytest

from dtm_client.coordinator.command import main
from dtm_client.protocol.dtm_pb2 import DtmRequest
from dtm_client.protocol.dtm_pb2_grpc import DtmStub
from dtm_client.testing.simulation.branches import BranchServer

BOUND = 20

Serve = Callable[[], Awaitable[tuple[asyncio.subprocess.Process, dict[str, str]]]]


@pytest.fixture
async def serve(tmp_path: Path) -> AsyncIterator[Serve]:
    """Start the command on free ports; return the process and what its ready line says. What is left is killed."""
    processes: list[asyncio.subprocess.Process] = []

    async def start() -> tuple[asyncio.subprocess.Process, dict[str, str]]:
        command = [sys.executable, "-m", "dtm_client", "serve", "--listen=127.0.0.1:0", "--http=127.0.0.1:0"]
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *command, f"--store={tmp_path / 'store'}", stdout=pipe, stderr=pipe
        )
        processes.append(process)
        assert process.stdout is not None
        async with asyncio.timeout(BOUND):
            return process, json.loads(await process.stdout.readline())

    yield start
    for process in processes:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def status_of(ready: dict[str, str], gid: str) -> str:
    host, port = ready["http"].removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"GET /api/dtmsvr/query?gid={gid} HTTP/1.0\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    status: str = json.loads(answer.partition(b"\r\n\r\n")[2])["transaction"]["status"]
    return status


@pytest.mark.requirement("coordinator.cut-call-is-repeated")
async def test_a_killed_coordinator_repeats_the_call_that_was_cut_and_finishes(
    branches: BranchServer, serve: Serve
) -> None:
    process, ready = await serve()
    steps = [{"action": branches.url(method), "compensate": branches.url("OK")} for method in ("OK", "HOLD", "OK")]
    request = DtmRequest(Gid="kill", TransType="saga", Steps=json.dumps(steps), BinPayloads=[b"1", b"2", b"3"])
    async with grpc.aio.insecure_channel(ready["grpc"]) as channel:
        await DtmStub(channel).Submit(request)
        async with asyncio.timeout(BOUND):
            while ("02", "action") not in branches.operations("kill"):
                branches.called.clear()
                await branches.called.wait()
        process.kill()
        await process.wait()

    branches.let_go.set()
    process, ready = await serve()
    async with grpc.aio.insecure_channel(ready["grpc"]) as channel, asyncio.timeout(BOUND):
        request.TransOptions.WaitResult = True
        # A repeated Submit waits for the end, unless that came before it.
        with contextlib.suppress(grpc.aio.AioRpcError):
            await DtmStub(channel).Submit(request)
        assert await status_of(ready, "kill") == "succeed"
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(BOUND):
        assert await process.wait() == 0
    assert branches.operations("kill") == [("01", "action"), ("02", "action"), ("02", "action"), ("03", "action")]


@pytest.mark.requirement("coordinator.failed-flush-ends-it")
async def test_a_store_that_cannot_be_written_ends_the_process_and_is_never_answered_for(
    branches: BranchServer, serve: Serve, tmp_path: Path
) -> None:
    process, ready = await serve()
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1, 1))
    steps = json.dumps([{"action": branches.url("OK")}])
    async with grpc.aio.insecure_channel(ready["grpc"]) as channel, asyncio.timeout(BOUND):
        with pytest.raises(grpc.aio.AioRpcError):
            await DtmStub(channel).Submit(DtmRequest(Gid="full", TransType="saga", Steps=steps, BinPayloads=[b""]))
        assert await process.wait() == 1
    assert process.stderr is not None
    assert (await process.stderr.read()).decode().startswith(f"error: the store {tmp_path}/store cannot be written: ")
    assert branches.calls == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--store", "/nowhere/at/all"], "cannot use the store /nowhere/at/all: unable to open"),
        (["--store", ":memory:", "--listen", "127.0.0.1:{taken}"], "for gRPC: Address already in use"),
        (["--store", ":memory:", "--http", "127.0.0.1:{taken}"], "for HTTP: Address already in use"),
    ],
)
def test_a_server_that_cannot_start_says_why_on_one_line(
    arguments: list[str], words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        given = [argument.replace("{taken}", str(port)) for argument in arguments]
        assert main(["serve", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", *given]) == 1
    captured = capfd.readouterr()
    assert captured.err.startswith("error: cannot ")
    assert words in captured.err
    assert (captured.err.count("\n"), captured.out) == (1, "")


@pytest.mark.parametrize(
    "arguments",
    [[], ["stop"], ["serve", "--listen", "nowhere"], ["serve", "--http", "h:x"], ["serve", "--listen", "h:65536"]],
)
def test_wrong_arguments_exit_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: python -m dtm_client" in capsys.readouterr().err


def test_help_names_the_options(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert all(option in shown for option in ("--listen", "--http", "--store"))
