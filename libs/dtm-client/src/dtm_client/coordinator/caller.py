"""Calls branches over grpc.aio, with raw bytes and DTM's metadata."""

from collections.abc import Mapping
from typing import Protocol

import grpc

from dtm_client.coordinator.effects import Call
from dtm_client.coordinator.machine.answers import BranchAnswer
from dtm_client.errors import InvalidTransaction
from dtm_client.protocol import metadata
from dtm_client.protocol.urls import parse_url

# Branches are neighbours: no proxy stands between, and one that comes back is found again within a second.
_CHANNEL_OPTIONS = [("grpc.enable_http_proxy", 0), ("grpc.max_reconnect_backoff_ms", 1000)]

_Method = grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]


class Caller(Protocol):
    """Makes the calls that the machine asks for."""

    async def call(self, call: Call) -> BranchAnswer:
        """Return what the branch answered; everything that goes wrong on the way is an answer too."""


class GrpcCaller:
    """The real caller. Channels are kept for good, one a target, as at DTM."""

    def __init__(self) -> None:
        self._channels: dict[str, grpc.aio.Channel] = {}
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
            return BranchAnswer(error.code().name, error.details() or "")
        return BranchAnswer("OK")

    async def aclose(self) -> None:
        """Close every channel; calls under way are cut."""
        for channel in self._channels.values():
            await channel.close()

    def _method(self, url: str) -> _Method:
        parsed = parse_url("url", url)
        channel = self._channels.get(parsed.target)
        if channel is None:
            channel = self._channels[parsed.target] = grpc.aio.insecure_channel(parsed.target, _CHANNEL_OPTIONS)
        method: _Method = channel.unary_unary(parsed.method)
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
