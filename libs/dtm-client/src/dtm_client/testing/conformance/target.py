"""The server under test: its gRPC API through raw stubs, and its HTTP API where that is known."""

import asyncio
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

import grpc
import grpc.aio
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message

from dtm_client.errors import ServerUnavailable
from dtm_client.protocol.dtm_pb2 import DtmRequest
from dtm_client.testing.conformance.kinds import Kind

_CALL_SECONDS = 30.0
_STATUS = re.compile(r"current status '(?P<status>[a-z]*)'")
_UNKNOWN = "no TransGlobal with gid"


@dataclass(frozen=True, slots=True)
class Reply:
    """How a call ended."""

    code: grpc.StatusCode
    text: str
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Target:
    """``http`` is a base URL, or empty."""

    channel: grpc.aio.Channel
    kind: Kind
    http: str = ""

    async def ping(self) -> None:
        """Raise ServerUnavailable if nobody answers."""
        reply = await self.call("NewGid", Empty())
        if reply.code is grpc.StatusCode.UNAVAILABLE:
            raise ServerUnavailable(reply.text)

    async def call(self, method: str, request: Message, metadata: tuple[tuple[str, str], ...] = ()) -> Reply:
        """Call a method by its bare name, without the client library, whose faults could hide the server's."""
        ask: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = self.channel.unary_unary(f"/dtmgimp.Dtm/{method}")
        try:
            body = await ask(request.SerializeToString(), timeout=_CALL_SECONDS, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            return Reply(error.code(), error.details() or "")
        return Reply(grpc.StatusCode.OK, "", body)

    async def status(self, gid: str) -> str:
        """Return a transaction's status, ``unknown`` if there is none; it must not be a message still prepared."""
        reply = await self.call("Abort", DtmRequest(Gid=gid, TransType="saga"))
        if found := _STATUS.search(reply.text):
            return found["status"]
        return "unknown" if reply.text.startswith(_UNKNOWN) else f"{reply.code.name} {reply.text}"

    async def shown(self, gid: str, field: str) -> object:
        """Return a field of a transaction as the HTTP API shows it; None if it does not."""
        # DTM keeps a metric for each query string; one that ends in /query is counted under that name.
        address = f"{self.http}/api/dtmsvr/query?gid={urllib.parse.quote(gid)}&_=/query"
        transaction: dict[str, object] = json.loads(await asyncio.to_thread(_get, address))["transaction"] or {}
        return transaction.get(field)

    async def post(self, path: str, gid: str) -> int:
        """POST a gid to the HTTP API as an operator does; return the HTTP status."""
        return await asyncio.to_thread(_post, f"{self.http}/api/dtmsvr/{path}", {"gid": gid})


def _get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=_CALL_SECONDS) as reply:  # noqa: S310
        body: bytes = reply.read()
        return body


def _post(address: str, content: object) -> int:
    try:
        with urllib.request.urlopen(address, json.dumps(content).encode(), _CALL_SECONDS) as reply:  # noqa: S310
            status: int = reply.status
            return status
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code


def kind_of(http: str, dtm: Kind) -> Kind:
    """Return what kind of server answers at the base URL of an HTTP API: the embedded coordinator or else ``dtm``.

    DTM does not tell its store. Raise ServerUnavailable if no server answers.
    """
    try:
        name: str = json.loads(_get(f"{http}/api/dtmsvr/version"))["version"]
    except OSError as error:
        raise ServerUnavailable(f"{http}: {error}") from error
    return Kind.EMBEDDED if name.startswith("dtm-client") else dtm
