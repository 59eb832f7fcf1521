"""`accord demo` as a user's shell runs it: to its end, and broken off."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

ACCORD = Path(sys.executable).with_name("accord")
INTERRUPTED = 130
WITHIN = 20.0
PAUSE = 0.01


@asynccontextmanager
async def demo(home: Path) -> AsyncIterator[Process]:
    """Start the demo in an empty folder, with a home of its own, and leave nothing of it."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home), "COLUMNS": "200"}
    # A run in a shell's background ignores Ctrl-C, and would hand that on to its children.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = await asyncio.create_subprocess_exec(
            ACCORD, "demo", "--data", home / "data", cwd=home, env=environment, stdout=PIPE, stderr=PIPE
        )
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        for pid in processes_of(home):
            os.kill(pid, signal.SIGKILL)


def processes_of(home: Path) -> list[int]:
    """Return the processes that were told of the folder, by argument or environment, but for this one's."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            # It has just ended, or is somebody else's.
            continue
        if str(home).encode() in told and int(process.name) != os.getpid():
            found.append(int(process.name))
    return found


def beside_data(home: Path) -> list[str]:
    return [path.name for path in home.iterdir() if path.name != "data"]


@pytest.mark.integration
async def test_the_demo_ends_well_and_leaves_its_data_folder_alone(tmp_path: Path) -> None:
    async with demo(tmp_path) as process:
        out, err = await process.communicate()
        assert process.returncode == 0, (out + err).decode()
        assert processes_of(tmp_path) == []
    assert beside_data(tmp_path) == []
    assert b"clean" in out


# What is there to be seen in the data folder at the moment of the interrupt.
MOMENTS = [
    pytest.param("claim", b"", id="before any process is started"),
    pytest.param("inventory.log", b"", id="while processes start"),
    # The order under way gets its time to end.
    pytest.param("inventory.log", b"Reserve OK", id="in the middle of an order", marks=pytest.mark.integration),
]


@pytest.mark.parametrize(("file", "content"), MOMENTS)
async def test_an_interrupted_demo_leaves_no_process_and_no_file_behind(
    tmp_path: Path, file: str, content: bytes
) -> None:
    async with demo(tmp_path) as process:
        await seen(tmp_path / "data" / file, content)
        assert process.pid in processes_of(tmp_path)
        process.send_signal(signal.SIGINT)
        out, err = await process.communicate()
        assert process.returncode == INTERRUPTED, (out + err).decode()
        assert b"Traceback" not in err
        assert processes_of(tmp_path) == []
    assert beside_data(tmp_path) == []


async def seen(file: Path, content: bytes) -> None:
    """Wait until a file is there and has the content; a file tells nobody that it has grown."""
    async with asyncio.timeout(WITHIN):
        while True:
            if file.exists() and content in file.read_bytes():
                return
            await asyncio.sleep(PAUSE)
