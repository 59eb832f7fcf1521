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

from accord.adapters.logging.configure import flush
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


# What closing adapters may take, once the calls have ended.
_ENDING_WITHIN = 10.0
_CANCEL_WITHIN = 1.0

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
    code, fault = await _serve_until(told, life, settings, bootstrap)
    if not await _drained(life, settings):
        code = Exit.FAILED
    flush()
    if fault:
        # Last of all, where people look first.
        print(f"{life.name}: {fault}", file=sys.stderr, flush=True)  # noqa: T201  # one line for the operator
    await _finish(code)
    return code


async def _finish(code: Exit) -> None:
    """Leave at once if a task ignores its cancellation: the event loop would wait for it for ever."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left and (await asyncio.wait(left, timeout=_CANCEL_WITHIN))[1]:
        flush()
        os._exit(code)


async def _drained(life: Life, settings: ServiceSettings) -> bool:
    """End the life within its time; what does not end by then is left behind."""
    drain = asyncio.create_task(life.drain())
    limit = settings.drain_pause + settings.drain_grace + _ENDING_WITHIN
    await asyncio.wait({drain}, timeout=limit)
    if not drain.done():
        _logger.error("the drain did not end", **{"event.action": "life", "accord.seconds": limit})
        return False
    if (error := drain.exception()) is not None:
        _logger.error("the drain failed", exc_info=error, **{"event.action": "life"})
        return False
    return drain.result()


async def _serve_until(
    told: asyncio.Event, life: Life, settings: ServiceSettings, bootstrap: Bootstrap
) -> tuple[Exit, str | None]:
    start = asyncio.create_task(_start(life, settings, bootstrap))
    stop = asyncio.create_task(told.wait())
    await asyncio.wait({start, stop}, return_when=asyncio.FIRST_COMPLETED)
    if stop.done():
        # A start under way is given up; what it has entered is left by the drain.
        start.cancel()
    try:
        await start
    except asyncio.CancelledError:
        return Exit.CLEAN, None
    except BadConfiguration as error:
        return Exit.BAD_CONFIGURATION, str(error)
    except StartFailed as error:
        return Exit.FAILED, str(error)
    except Exception as error:  # the boundary of the process: what has started is still to be ended
        _logger.exception("the start failed", **{"event.action": "life"})
        return Exit.FAILED, f"could not start: {error!r}"
    await stop
    return Exit.CLEAN, None


async def _start(life: Life, settings: ServiceSettings, bootstrap: Bootstrap) -> None:
    await bootstrap(life, settings)
    await life.begin()
    print(json.dumps({"service": life.name, **life.addresses}), flush=True)  # noqa: T201  # for whoever started it
