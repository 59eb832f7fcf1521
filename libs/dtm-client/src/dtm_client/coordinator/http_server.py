"""A small HTTP/1.1 server for GET and POST requests with JSON answers, on asyncio streams."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Answer = tuple[HTTPStatus, Any]

_IDLE_SECONDS = 60.0
_HEAD_BYTES = 16_384
_BODY_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Request:
    """A GET or a POST; only a POST has a body."""

    method: str
    path: str
    query: dict[str, str]
    body: bytes = b""


Handle = Callable[[Request], Awaitable[Answer]]


class HttpServer:
    """Answers each request by ``handle``; keeps connections, closes those that stay idle."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self, host: str, port: int) -> int:
        """Listen; return the port, chosen by the system if 0 was asked for. OSError if that address cannot be had."""
        self._server = await asyncio.start_server(self._connected, host, port, limit=_HEAD_BYTES)
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Stop listening and cut what is open."""
        if self._server is None:
            return
        self._server.close()
        for connection in list(self._connections):
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            async with asyncio.timeout(None) as idle:
                while await self._serve_one(reader, writer, idle):
                    pass
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            # The peer left, or stayed silent, or the server stops: nobody is there to be told.
            return
        finally:
            self._connections.discard(task)
            writer.close()

    async def _serve_one(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, idle: asyncio.Timeout
    ) -> bool:
        """Answer one request; return whether another may follow."""
        idle.reschedule(asyncio.get_running_loop().time() + _IDLE_SECONDS)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            _write(
                writer, (HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, {"message": "the head is too long"}), keep=False
            )
            return False
        first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        match first.split(" "):
            case [("GET" | "POST") as method, target, "HTTP/1.1" | "HTTP/1.0" as version]:
                headers = dict(_header(line) for line in lines)
                keep = version == "HTTP/1.1" and "close" not in headers.get("connection", "").lower()
                body = await _body(reader, headers)
                # What follows a body that was not read could not be told apart from it.
                keep = keep and body is not None
                answer = _TOO_LARGE if body is None else await self._answer(method, target, body)
            case [_, _, "HTTP/1.1" | "HTTP/1.0"]:
                answer, keep = (HTTPStatus.METHOD_NOT_ALLOWED, {"message": "only GET and POST are served"}), False
            case _:
                answer, keep = (HTTPStatus.BAD_REQUEST, {"message": "this is no HTTP request"}), False
        _write(writer, answer, keep=keep)
        await writer.drain()
        return keep

    async def _answer(self, method: str, target: str, body: bytes) -> Answer:
        try:
            parts = urlsplit(target)
        except ValueError:
            return HTTPStatus.BAD_REQUEST, {"message": "the target is no URL"}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        return await self._handle(Request(method, parts.path, query, body))


_TOO_LARGE = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {"message": f"a body has a length of up to {_BODY_BYTES} bytes"})


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes | None:
    """Return the body, empty if there is none; None if it is too long, or its length is not told."""
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not length.isdecimal() or int(length) > _BODY_BYTES:
        return None
    return await reader.readexactly(int(length))


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


def _write(writer: asyncio.StreamWriter, answer: Answer, *, keep: bool) -> None:
    status, content = answer
    body = json.dumps(content, separators=(",", ":")).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n"
        "content-type: application/json; charset=utf-8\r\n"
        f"content-length: {len(body)}\r\n"
        f"connection: {'keep-alive' if keep else 'close'}\r\n\r\n"
    )
    writer.write(head.encode() + body)
