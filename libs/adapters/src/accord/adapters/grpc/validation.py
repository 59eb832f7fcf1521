"""Requests held against the rules in their proto files (protovalidate)."""

from collections.abc import Callable, Sequence
from typing import Any

import protovalidate
from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest
from grpc import StatusCode

from accord.adapters.grpc.answer import Answer, Answered
from accord.adapters.grpc.limits import DETAILS_BYTES, EXPLAINED_BYTES

_collect = protovalidate.collect_violations


class Validated:
    """The kind of a listener whose requests are validated."""

    def prepare(self, request_type: type[Any]) -> None:
        """Compile the type's rules, so that no caller waits for it, and a rule that cannot be is found at the start."""
        _collect(request_type())

    def around(self, behavior: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        """Return the handler, of one reply or many, with the check before it."""

        def handle(request: Message, context: object) -> Any:
            check(request)
            return behavior(request, context)

        return handle


def check(request: Message) -> None:
    """Raise INVALID_ARGUMENT with a google.rpc.BadRequest that names each field and the rule it breaks."""
    try:
        violations = _collect(request, fail_fast=True)
        if not violations:
            return
        if request.ByteSize() <= EXPLAINED_BYTES:
            violations = _collect(request)
    except protovalidate.EvaluationError as error:
        # A rule that cannot be evaluated for these values is one that they do not keep.
        raise Answered(Answer(StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST", str(error))) from error
    raise Answered(_explained(violations))


def _explained(violations: Sequence[protovalidate.Violation]) -> Answer:
    bad = BadRequest()
    texts: list[str] = []
    size = 0
    for violation in violations:
        field, fault = _path(violation), violation.proto.message or violation.proto.rule_id
        size += len(field.encode()) + len(fault.encode())
        if texts and size > DETAILS_BYTES:
            break
        bad.field_violations.add(field=field, description=fault)
        texts.append(f"{field}: {fault}" if field else fault)
    return Answer(StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST", "; ".join(texts), (bad,))


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
