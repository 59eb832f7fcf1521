"""What stands around every handler, one closure a method, made once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from time import perf_counter_ns
from typing import Any

from google.protobuf.message import DecodeError
from grpc import StatusCode
from grpc.aio import AbortError

from accord.adapters.grpc.answer import Answer, Answered
from accord.adapters.grpc.call_log import CallLog
from accord.adapters.grpc.error_table import ErrorTable
from accord.adapters.grpc.in_flight import InFlight

Decode = Callable[[bytes], Any]

_DEFECT = Answer(StatusCode.INTERNAL, "DEFECT", "a defect of this service; its log has more")
_DRAINING = Answer(StatusCode.UNAVAILABLE, "DRAINING", "this server is going away; call again")
_FULL = Answer(StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_CALLS", "this server has as many calls as it takes at once")
_UNDECODABLE = Answer(StatusCode.INVALID_ARGUMENT, "UNDECODABLE", "these bytes are not a request of this method")


def unary(
    behavior: Callable[[Any, Any], Awaitable[Any]],
    decode: Decode,
    errors: ErrorTable,
    in_flight: InFlight,
    log: CallLog,
    admitted: int | None,
) -> Callable[[bytes, Any], Awaitable[Any]]:
    """Return the handler of a method with one reply; beyond `admitted` calls at once it is RESOURCE_EXHAUSTED."""
    calls = in_flight.calls

    async def handle(raw: bytes, context: Any) -> Any:
        begun = perf_counter_ns()
        task = _this_task()
        calls.add(task)
        try:
            if admitted is not None and len(calls) > admitted:
                raise Answered(_FULL)  # noqa: TRY301  # answered like every other refusal
            reply = await behavior(_decoded(decode, raw), context)
        except asyncio.CancelledError:
            log.ended(_cause_of_cancellation(context), begun)
            raise
        except Exception as error:  # noqa: BLE001  # the boundary of a call: what is not expected is logged as a defect
            _refuse(context, error, errors, log, begun)
            return None
        else:
            log.ended(StatusCode.OK, begun)
            return reply
        finally:
            calls.discard(task)

    return handle


def streaming(
    behavior: Callable[[Any, Any], AsyncIterator[Any]],
    decode: Decode,
    errors: ErrorTable,
    in_flight: InFlight,
    log: CallLog,
) -> Callable[[bytes, Any], AsyncIterator[Any]]:
    """Return the handler of a method with many replies, which a drain ends."""

    async def handle(raw: bytes, context: Any) -> AsyncIterator[Any]:
        begun = perf_counter_ns()
        task = _this_task()
        in_flight.streams.add(task)
        try:
            async for reply in behavior(_decoded(decode, raw), context):
                yield reply
        except asyncio.CancelledError:
            if not in_flight.ended_by_us(task):
                log.ended(_cause_of_cancellation(context), begun)
                raise
            log.ended(_DRAINING.code, begun, _DRAINING.reason)
            _give(context, _DRAINING)
        except GeneratorExit:
            # The client went while a reply was on its way to it.
            log.ended(StatusCode.CANCELLED, begun)
            raise
        except Exception as error:  # noqa: BLE001  # the boundary of a call, as above
            _refuse(context, error, errors, log, begun)
        else:
            log.ended(StatusCode.OK, begun)
        finally:
            in_flight.leave(task)

    return handle


def endable(
    behavior: Callable[[Any, Any], AsyncIterator[Any]], in_flight: InFlight
) -> Callable[[Any, Any], AsyncIterator[Any]]:
    """Return a handler of streams that a drain ends, with nothing else around it."""

    async def handle(requests: Any, context: Any) -> AsyncIterator[Any]:
        task = _this_task()
        in_flight.streams.add(task)
        try:
            async for reply in behavior(requests, context):
                yield reply
        except asyncio.CancelledError:
            if not in_flight.ended_by_us(task):
                raise
            _give(context, _DRAINING)
        finally:
            in_flight.leave(task)

    return handle


def _this_task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    assert task is not None
    return task


def _decoded(decode: Decode, raw: bytes) -> Any:
    try:
        return decode(raw)
    except DecodeError as error:
        raise Answered(_UNDECODABLE) from error


def _cause_of_cancellation(context: Any) -> StatusCode:
    remaining = context.time_remaining()
    return StatusCode.DEADLINE_EXCEEDED if remaining is not None and remaining <= 0 else StatusCode.CANCELLED


def _refuse(context: Any, error: Exception, errors: ErrorTable, log: CallLog, begun: int) -> None:
    if isinstance(error, AbortError):
        # The handler has answered by itself.
        log.ended(context.code(), begun)
        raise error
    answer = errors.answer(error)
    if answer is None:
        answer = _DEFECT
        log.ended(answer.code, begun, answer.reason, error)
    else:
        log.ended(answer.code, begun, answer.reason)
    _give(context, answer)


def _give(context: Any, answer: Answer) -> None:
    """Set the answer, which is sent when the handler has returned, after all `finally` blocks; abort is sooner."""
    context.set_code(answer.code)
    context.set_details(answer.short_message)
    context.set_trailing_metadata(answer.trailing_metadata())
