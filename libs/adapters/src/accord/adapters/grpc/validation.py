"""Requests held against the rules in their proto files (protovalidate)."""

from collections.abc import Callable
from typing import Any

import protovalidate
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest
from grpc import StatusCode

from accord.adapters.grpc.answer import Answer, Answered

_collect = protovalidate.collect_violations


def check(request: Message) -> None:
    """Raise INVALID_ARGUMENT with a google.rpc.BadRequest that names each field and the rule it breaks."""
    if violations := _collect(request):
        fields = [(_path(violation), violation.proto.message or violation.proto.rule_id) for violation in violations]
        message = "; ".join(f"{field}: {description}" if field else description for field, description in fields)
        bad = BadRequest(
            field_violations=[
                BadRequest.FieldViolation(field=field, description=description) for field, description in fields
            ]
        )
        raise Answered(Answer(StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST", message, (bad,)))


def validated(behavior: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return the handler, unary or streaming, with the check before it."""

    def handle(request: Message, context: object) -> Any:
        check(request)
        return behavior(request, context)

    return handle


def _path(violation: protovalidate.Violation) -> str:
    """Write a path as a client would: `lines[2].quantity`, `prices["EUR"]`."""
    parts: list[str] = []
    field = violation.proto.field
    for element in field.elements if field is not None else ():
        subscript = element.subscript
        parts.append(f".{element.field_name}" if parts else element.field_name)
        if subscript is not None:
            value = subscript.value
            parts.append(f'["{value}"]' if isinstance(value, str) else f"[{value}]")
    return "".join(parts)
