"""A service as a process: signals in, exit code out."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from enum import IntEnum

import structlog
import uvloop

from accord.adapters.service.errors import StartFailed
from accord.adapters.service.life import Life
from accord.adapters.settings.base import ServiceSettings
from accord.adapters.settings.errors import BadConfiguration

_logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()


class Exit(IntEnum):
    """Exit codes."""

    CLEAN = 0
    # It could not start, or did not end as it should: cut short, or something would not end.
    FAILED = 1
    BAD_CONFIGURATION = 2


Bootstrap = Callable[..., Awaitable[None]]


def run(name: str, settings: ServiceSettings, bootstrap: Bootstrap) -> Exit:
    """Run a service until SIGTERM or SIGINT; a second signal cuts its drain short.

    When it serves, one JSON line on stdout says so, with its addresses.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_live(Life(name, settings), settings, bootstrap))


async def _live(life: Life, settings: ServiceSettings, bootstrap: Bootstrap) -> Exit:
    told = asyncio.Event()

    def tell() -> None:
        _logger.info("told to stop", **{"event.action": "life", "accord.again": told.is_set()})
        if told.is_set():
            life.cut_short()
        told.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, tell)
    code = await _serve_until(told, life, settings, bootstrap)
    clean = await life.drain()
    return code if clean else _abandon()


async def _serve_until(told: asyncio.Event, life: Life, settings: ServiceSettings, bootstrap: Bootstrap) -> Exit:
    start = asyncio.create_task(_start(life, settings, bootstrap))
    stop = asyncio.create_task(told.wait())
    await asyncio.wait({start, stop}, return_when=asyncio.FIRST_COMPLETED)
    if stop.done():
        # A start under way is given up; what it has entered is left by the drain.
        start.cancel()
    try:
        await start
    except asyncio.CancelledError:
        return Exit.CLEAN
    except BadConfiguration as error:
        return _fail(Exit.BAD_CONFIGURATION, error)
    except StartFailed as error:
        return _fail(Exit.FAILED, error)
    finally:
        stop.cancel()
    await told.wait()
    return Exit.CLEAN


async def _start(life: Life, settings: ServiceSettings, bootstrap: Bootstrap) -> None:
    await bootstrap(life, settings)
    await life.begin()
    print(json.dumps({"service": life.name, **life.addresses}), flush=True)  # noqa: T201  # for whoever started it


def _fail(code: Exit, error: Exception) -> Exit:
    print(error, file=sys.stderr, flush=True)  # noqa: T201  # the one line for the operator
    return code


def _abandon() -> Exit:
    """Leave at once: the event loop would wait for ever for a task that ignores its cancellation."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(Exit.FAILED)
