"""Performs the questions of a conversation over grpc.aio channels and asyncio streams."""

import asyncio

import grpc.aio
from google.protobuf.message import Message as ProtobufMessage

from dtm_client.aio.http import fetch
from dtm_client.protocol.channel import CHANNEL_OPTIONS, DTM_SERVICE, UNATTENDED_TIMEOUT
from dtm_client.protocol.query import checked_base
from dtm_client.protocol.urls import parse_url
from dtm_client.transactions.conversation import (
    Answer,
    Call,
    CallBranch,
    HttpAnswer,
    Pause,
    Query,
    Question,
    Reply,
)

_CLOSING_GRACE = 3.0


class Transport:
    """Channels to the manager and to the branches that are tried; opened when first used, closed together."""

    def __init__(self, address: str, http: str | None, credentials: grpc.ChannelCredentials | None) -> None:
        self._http = None if http is None else checked_base(http)
        self._manager = (
            grpc.aio.insecure_channel(address, CHANNEL_OPTIONS)
            if credentials is None
            else grpc.aio.secure_channel(address, credentials, CHANNEL_OPTIONS)
        )
        self._branches: dict[str, grpc.aio.Channel] = {}
        self._unattended: set[asyncio.Task[Answer]] = set()

    async def perform(self, question: Question) -> Reply:
        """Do what the question asks. A call that fails is an answer too; only cancellation is raised."""
        match question:
            case Call(method, request, timeout, unattended=True):
                return await self._call_unattended(f"{DTM_SERVICE}{method}", request, timeout)
            case Call(method, request, timeout):
                return await _call(self._manager, f"{DTM_SERVICE}{method}", request, timeout)
            case CallBranch(url, payload, metadata, timeout):
                to = parse_url("url", url)
                return await _call(self._branch(to.target), to.method, payload, timeout, tuple(metadata))
            case Query():
                return await self._query(question)
            case Pause(seconds):
                await asyncio.sleep(seconds)
                return None

    async def aclose(self) -> None:
        """Give calls that nobody waits for a moment to end by themselves, then cancel what is left and close."""
        if self._unattended:
            await asyncio.wait(self._unattended, timeout=_CLOSING_GRACE)
        for channel in [self._manager, *self._branches.values()]:
            await channel.close()

    async def _call_unattended(
        self,
        method: str,
        request: ProtobufMessage,
        timeout: float,  # noqa: ASYNC109 - part of the question
    ) -> Answer:
        # A task of its own, so that neither the timeout nor a cancelled caller reaches the call.
        call = asyncio.ensure_future(_call(self._manager, method, request, UNATTENDED_TIMEOUT))
        self._unattended.add(call)
        call.add_done_callback(self._unattended.discard)
        await asyncio.wait({call}, timeout=timeout)
        return call.result() if call.done() else Answer(grpc.StatusCode.DEADLINE_EXCEEDED, "no answer yet")

    def _branch(self, target: str) -> grpc.aio.Channel:
        # Always plaintext, because DTM itself can call a branch in no other way.
        if target not in self._branches:
            self._branches[target] = grpc.aio.insecure_channel(target, CHANNEL_OPTIONS)
        return self._branches[target]

    async def _query(self, query: Query) -> HttpAnswer | None:
        assert self._http is not None
        try:
            async with asyncio.timeout(query.timeout):
                return await fetch(self._http, query.path, query.body)
        except (OSError, EOFError, ValueError):
            return None


async def _call(
    channel: grpc.aio.Channel,
    method: str,
    request: ProtobufMessage | bytes,
    timeout: float,  # noqa: ASYNC109 - grpc's own word for a deadline in seconds
    metadata: tuple[tuple[str, str | bytes], ...] = (),
) -> Answer:
    payload = request if isinstance(request, bytes) else request.SerializeToString(deterministic=True)
    try:
        call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(method)
        body = await call(payload, timeout=timeout, metadata=metadata)
    except grpc.aio.AioRpcError as error:
        return Answer(error.code(), error.details() or "")
    return Answer(grpc.StatusCode.OK, body=body)
