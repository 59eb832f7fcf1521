"""Calls to the services, with failures as one clear line."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc
from google.rpc import error_details_pb2, status_pb2
from grpc import aio

from accord.cli.addresses import variable
from accord.cli.errors import CommandError, Refused, Unreachable, WrongUsage

DEADLINE = 30.0
_NOBODY = {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}


@asynccontextmanager
async def channel_to(service: str, target: str) -> AsyncIterator[aio.Channel]:
    """Open a channel to a service's public listener; what fails inside is raised as a CommandError."""
    async with aio.insecure_channel(target) as channel:
        try:
            yield channel
        except aio.AioRpcError as failure:
            raise explained(service, target, failure) from failure


def explained(service: str, target: str, failure: aio.AioRpcError) -> CommandError:
    """Return the failure as what the user can do about it."""
    if failure.code() in _NOBODY:
        cure = f"start everything with `accord up`, or set {variable(service)}"
        return Unreachable(f"{service} at {target} does not answer ({failure.details()}); {cure}")
    violations = [f"{violation.field}: {violation.description}" for violation in _violations(failure)]
    if violations:
        return WrongUsage("; ".join(violations))
    return Refused(f"{service} refused: {failure.details()} ({failure.code().name})")


def _violations(failure: aio.AioRpcError) -> list[error_details_pb2.BadRequest.FieldViolation]:
    for key, value in failure.trailing_metadata() or ():
        if key == "grpc-status-details-bin" and isinstance(value, bytes):
            for detail in status_pb2.Status.FromString(value).details:
                request = error_details_pb2.BadRequest()
                if detail.Unpack(request):
                    return list(request.field_violations)
    return []
