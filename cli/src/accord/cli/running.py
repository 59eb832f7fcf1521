"""Runs a command's coroutine, so that each command reads as one."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Annotated, Any, TypeVar

import typer

T = TypeVar("T")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run it to its end. Ctrl-C and SIGTERM cancel it, so that it cleans up, and end the command as interrupted."""

    async def main() -> T:
        task = asyncio.current_task()
        assert task is not None
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await coroutine

    try:
        return asyncio.run(main())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
