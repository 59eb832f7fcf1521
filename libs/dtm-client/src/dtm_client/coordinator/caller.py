"""Calls branches over grpc.aio, with raw bytes and DTM's metadata."""

from collections.abc import Callable, Mapping
from typing import Protocol

import grpc

from dtm_client.coordinator.channels import Channels
from dtm_client.coordinator.effects import Call
from dtm_client.coordinator.machine.answers import BranchAnswer
from dtm_client.errors import InvalidTransaction
from dtm_client.protocol import metadata
from dtm_client.protocol.urls import parse_url

_Method = grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]


class Caller(Protocol):
    """Makes the calls that the machine asks for."""

    async def call(self, call: Call) -> BranchAnswer:
        """Return what the branch answered; everything that goes wrong on the way is an answer too."""


class GrpcCaller:
    """The real caller. ``returned`` is told of each target that could not be reached and can be again."""

    def __init__(self, returned: Callable[[str], None] | None = None) -> None:
        self._returned = returned
        self._channels = Channels()
        self._methods: dict[str, _Method] = {}

    async def call(self, call: Call) -> BranchAnswer:
        """Return the branch's status; one that cannot be reached answers UNAVAILABLE, a bad URL INVALID_ARGUMENT."""
        try:
            method = self._methods.get(call.url) or self._method(call.url)
        except InvalidTransaction as error:
            return BranchAnswer("INVALID_ARGUMENT", str(error))
        try:
            await method(call.payload, timeout=call.timeout, metadata=_metadata(call))
        except grpc.aio.AioRpcError as error:
            if self._returned is not None and error.code() is grpc.StatusCode.UNAVAILABLE:
                self._channels.watch(parse_url("url", call.url).target, self._returned)
            return BranchAnswer(error.code().name, error.details() or "")
        return BranchAnswer("OK")

    async def aclose(self) -> None:
        """Close every channel; calls under way are cut."""
        await self._channels.aclose()

    def _method(self, url: str) -> _Method:
        parsed = parse_url("url", url)
        method: _Method = self._channels.to(parsed.target).unary_unary(parsed.method)
        self._methods[url] = method
        return method


def _metadata(call: Call) -> list[tuple[str, str | bytes]]:
    return [
        (metadata.GID, call.gid),
        (metadata.TRANS_TYPE, call.mode),
        (metadata.BRANCH_ID, call.branch_id),
        (metadata.OPERATION, call.operation),
        (metadata.MANAGER, ""),
        *_headers(call.headers),
    ]


def _headers(headers: Mapping[str, str]) -> list[tuple[str, str | bytes]]:
    return [(key, value.encode() if key.endswith("-bin") else value) for key, value in headers.items()]
