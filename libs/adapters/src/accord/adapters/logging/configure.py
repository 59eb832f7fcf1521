"""Set up logging for a process."""

import logging
import sys
from enum import StrEnum
from typing import BinaryIO

import structlog
from structlog.typing import Processor, WrappedLogger

from accord.adapters.logging.ecs import EcsFields, to_json
from accord.adapters.logging.lines import Lines
from accord.adapters.logging.standard import ToStructlog


class LogFormat(StrEnum):
    """How lines look: `json` for machines, `console` for a person at a terminal."""

    JSON = "json"
    CONSOLE = "console"


def configure(service: str, form: LogFormat | None = None, stream: BinaryIO | None = None) -> None:
    """Write the logs of this process to `stream` (stderr), from INFO on; without a form, a terminal gets `console`.

    To be called once, before anything is logged: loggers keep what they found at their first line.
    """
    out = stream or sys.stderr.buffer
    lines = Lines(out)
    if form is None:
        form = LogFormat.CONSOLE if out.isatty() else LogFormat.JSON
    processors: list[Processor] = [structlog.contextvars.merge_contextvars]
    if form is LogFormat.JSON:
        processors += [EcsFields(service), to_json]
    else:
        processors += [
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("%H:%M:%S.%f", utc=False),
            structlog.dev.ConsoleRenderer(colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback),
            _to_bytes,
        ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_names: lines,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.INFO, handlers=[ToStructlog(lines)], force=True)
    logging.captureWarnings(capture=True)
    # Alembic tells of its plugins and its dialect, which is nobody's news; the migration says what it did.
    logging.getLogger("alembic").setLevel(logging.WARNING)


def flush() -> None:
    """Write the lines that are still waiting; the interpreter does so at its exit."""
    for handler in logging.getLogger().handlers:
        handler.flush()


def _to_bytes(_logger: WrappedLogger, _method: str, line: object) -> bytes:
    return str(line).encode()
