"""What stands around every handler, one closure a method, made once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from time import perf_counter_ns
from typing import Any

import grpc
from google.protobuf.message import DecodeError
from grpc import StatusCode

from accord.adapters.grpc.answer import Answer, Answered
from accord.adapters.grpc.call_log import CallLog
from accord.adapters.grpc.error_table import ErrorTable
from accord.adapters.grpc.in_flight import InFlight

Decode = Callable[[bytes], Any]

_DEFECT = Answer(StatusCode.INTERNAL, "DEFECT", "a defect of this service; its log has more")
_DRAINING = Answer(StatusCode.UNAVAILABLE, "DRAINING", "this server is going away; call again")
_UNDECODABLE = Answer(
    StatusCode.INVALID_ARGUMENT, "UNDECODABLE", "the bytes are not a message of the method's request type"
)
_FULL = Answer(StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_CALLS", "as many calls as this server takes are under way")


def decoded(decode: Decode, raw: bytes) -> Any:
    """Return the request; raise INVALID_ARGUMENT where gRPC itself would answer UNKNOWN."""
    try:
        return decode(raw)
    except DecodeError as error:
        raise Answered(_UNDECODABLE) from error


def refuse(context: Any, error: Exception, errors: ErrorTable, log: CallLog, begun: int) -> None:
    """Give the call its answer, sent when the handler has returned: after its `finally` blocks, unlike abort."""
    if isinstance(error, grpc.aio.AbortError):
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
    context.set_code(answer.code)
    context.set_details(answer.message)
    context.set_trailing_metadata(answer.trailing_metadata())


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
        task = asyncio.current_task()
        assert task is not None
        calls.add(task)
        try:
            if admitted is not None and len(calls) > admitted:
                raise Answered(_FULL)  # noqa: TRY301  # answered like every other refusal
            reply = await behavior(decoded(decode, raw), context)
        except asyncio.CancelledError:
            log.ended(StatusCode.CANCELLED, begun)
            raise
        except Exception as error:  # noqa: BLE001  # the boundary of a call: what is not expected is logged as a defect
            refuse(context, error, errors, log, begun)
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
        task = asyncio.current_task()
        assert task is not None
        in_flight.streams.add(task)
        try:
            async for reply in behavior(decoded(decode, raw), context):
                yield reply
        except asyncio.CancelledError:
            if not in_flight.is_ended_by_us(task):
                log.ended(StatusCode.CANCELLED, begun)
                raise
            log.ended(_DRAINING.code, begun, _DRAINING.reason)
            _give(context, _DRAINING)
        except Exception as error:  # noqa: BLE001  # as above
            refuse(context, error, errors, log, begun)
        else:
            log.ended(StatusCode.OK, begun)
        finally:
            in_flight.leave(task)

    return handle
