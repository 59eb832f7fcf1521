"""What a log line looks like."""

import asyncio
import io
import json
import logging
import os
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from accord.adapters.logging.configure import LogFormat, configure
from accord.adapters.logging.ecs import EcsFields


@pytest.fixture
def stream() -> Iterator[io.BytesIO]:
    """Where lines go, for one test: a process configures itself once, and every test is one."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.BytesIO()
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def line(stream: Any) -> Any:
    """Configure JSON, and read the one line that was written."""
    configure("inventory", LogFormat.JSON, stream)

    def read() -> Any:
        (only,) = stream.getvalue().splitlines()
        return json.loads(only)

    return read


def test_a_line_is_one_json_object_in_ecs_form(line: Any) -> None:
    structlog.get_logger().info("reserved", **{"accord.gid": "place-1", "event.duration": 7})

    found = line()
    assert datetime.fromisoformat(found.pop("@timestamp")).tzinfo is not None
    assert found == {
        "log.level": "info",
        "message": "reserved",
        "service.name": "inventory",
        "ecs.version": "8.17.0",
        "accord.gid": "place-1",
        "event.duration": 7,
    }


def test_the_time_comes_first_in_utc_with_milliseconds() -> None:
    fields = EcsFields("inventory", lambda: datetime(2026, 11, 25, 1, 2, 3, 4567, UTC))
    found = fields(None, "info", {"event": "x"})

    assert next(iter(found.items())) == ("@timestamp", "2026-11-25T01:02:03.004Z")


def test_what_is_bound_to_the_context_is_in_every_line_of_it(line: Any) -> None:
    with bound_contextvars(**{"accord.gid": "g"}):
        structlog.get_logger().warning("late")

    assert (line()["accord.gid"], line()["log.level"]) == ("g", "warning")


def test_the_standard_library_writes_the_same_lines(line: Any) -> None:
    logging.getLogger("alembic").warning("schema %s", "0001", extra={"accord.revision": "0001"})

    found = line()
    assert (found["message"], found["log.level"], found["log.logger"]) == ("schema 0001", "warning", "alembic")
    assert found["accord.revision"] == "0001"


@pytest.mark.parametrize("logger", [structlog.get_logger(), logging.getLogger("x")], ids=["structlog", "standard"])
def test_an_exception_is_in_its_line_with_type_message_and_traceback(line: Any, logger: Any) -> None:
    try:
        os.environ["GONE"]
    except KeyError:
        logger.exception("failed")

    found = line()
    assert (found["log.level"], found["message"]) == ("error", "failed")
    assert (found["error.type"], found["error.message"]) == ("KeyError", "'GONE'")
    assert "test_an_exception_is_in_its_line" in found["error.stack_trace"]


def test_below_info_nothing_is_written(stream: Any) -> None:
    configure("inventory", LogFormat.JSON, stream)
    structlog.get_logger().debug("details")
    logging.getLogger("x").debug("details")

    assert stream.getvalue() == b""


def test_warnings_are_lines_too(line: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old", stacklevel=1)

    assert line()["log.logger"] == "py.warnings"


def test_a_value_that_json_does_not_know_is_written_as_text(line: Any) -> None:
    structlog.get_logger().info("x", **{"accord.error": ValueError("why")})

    assert line()["accord.error"] == "why"


def test_a_person_gets_text(stream: Any) -> None:
    configure("inventory", LogFormat.CONSOLE, stream)
    structlog.get_logger().info("serving", **{"accord.listens.public": "127.0.0.1:7200"})

    text = stream.getvalue().decode()
    assert "serving" in text
    assert "accord.listens.public=127.0.0.1:7200" in text
    assert "\x1b" not in text


async def test_lines_of_one_moment_are_written_together_and_a_warning_at_once_with_all_before_it(stream: Any) -> None:
    configure("inventory", LogFormat.JSON, stream)
    logger = structlog.get_logger()
    logger.info("first")
    logger.info("second")
    assert stream.getvalue() == b""
    logger.warning("third")

    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == ["first", "second", "third"]


async def test_a_line_is_written_without_anything_after_it(stream: Any) -> None:
    written = asyncio.Event()

    class Watched(io.BytesIO):
        def flush(self) -> None:
            written.set()

    configure("inventory", LogFormat.JSON, Watched())
    structlog.get_logger().info("only")

    await asyncio.wait_for(written.wait(), 5)
