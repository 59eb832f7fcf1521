"""One log event as fields of the Elastic Common Schema (https://www.elastic.co/docs/reference/ecs)."""

import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType

import orjson
from structlog.typing import EventDict, WrappedLogger

_VERSION = "8.17.0"


def utc_now() -> datetime:
    """Return the wall-clock time of this machine."""
    return datetime.now(UTC)


class EcsFields:
    """A structlog processor: names the event's own parts as ECS does; other keys are taken to be ECS names already.

    Whatever is this project's own belongs under `accord.`, dotted: Elasticsearch makes objects of dots.
    """

    def __init__(self, service: str, now: Callable[[], datetime] = utc_now) -> None:
        self._service = service
        self._now = now

    def __call__(self, _logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        """Return the line's fields, the ones that people read first in front."""
        error = event.pop("exc_info", None)
        line: EventDict = {
            "@timestamp": self._now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "log.level": "error" if method == "exception" else method,
            "message": event.pop("event"),
            "service.name": self._service,
            "ecs.version": _VERSION,
            **event,
        }
        if error:
            line.update(_error_fields(error))
        return line


def to_json(_logger: WrappedLogger, _method: str, line: EventDict) -> bytes:
    """Render a line; a value that JSON does not know is written as its text."""
    return orjson.dumps(line, default=str, option=orjson.OPT_NON_STR_KEYS)


def _error_fields(
    error: BaseException | bool | tuple[type[BaseException], BaseException, TracebackType | None],
) -> dict[str, str]:
    if isinstance(error, tuple):
        error = error[1]
    raised = error if isinstance(error, BaseException) else sys.exception()
    if raised is None:
        return {}
    return {
        "error.type": type(raised).__qualname__,
        "error.message": str(raised),
        "error.stack_trace": "".join(traceback.format_exception(raised)),
    }
