"""One HTTP request over asyncio streams: what the status query needs, and no more."""

import asyncio
from urllib.parse import urlsplit

from dtm_client.transactions.conversation import HttpAnswer

_LARGEST_BODY = 1 << 20
_PORTS = {"http": 80, "https": 443}


async def fetch(base: str, path: str, body: bytes | None = None) -> HttpAnswer:
    """GET ``path`` below the URL ``base`` on a connection of its own; with a ``body`` of JSON, POST it.

    Raise OSError or EOFError when the connection fails, ValueError when the answer is no HTTP or over 1 MiB.
    """
    parts = urlsplit(base)
    host = parts.hostname or ""
    secure = parts.scheme == "https"
    reader, writer = await asyncio.open_connection(host, parts.port or _PORTS[parts.scheme], ssl=secure or None)
    try:
        lines = [
            f"{'GET' if body is None else 'POST'} {parts.path.rstrip('/')}{path} HTTP/1.1",
            f"Host: {parts.netloc}",
            "Connection: close",
        ]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        writer.write("\r\n".join([*lines, "", ""]).encode("ascii") + (body or b""))
        return await _answer(reader)
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> HttpAnswer:
    version, status, *_ = (await _line(reader)).split(" ", 2)
    if not version.startswith("HTTP/1."):
        raise ValueError(f"{version!r} is not HTTP/1")
    headers: dict[str, str] = {}
    while line := await _line(reader):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return HttpAnswer(int(status), await _chunks(reader))
    if "content-length" in headers:
        return HttpAnswer(int(status), await reader.readexactly(_bounded(int(headers["content-length"]))))
    # Without a length the body ends with the connection, and a body at the bound is taken for a longer one.
    body = bytearray()
    while part := await reader.read(_LARGEST_BODY):
        body += part
        _bounded(len(body))
    return HttpAnswer(int(status), bytes(body))


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = bytearray()
    # A chunk's size may be followed by extensions after a semicolon.
    while size := int((await _line(reader)).partition(";")[0], 16):
        body += await reader.readexactly(_bounded(len(body) + size) - len(body))
        await _line(reader)
    return bytes(body)


async def _line(reader: asyncio.StreamReader) -> str:
    line = await reader.readline()
    if not line.endswith(b"\n"):
        raise EOFError("the connection ended within an HTTP answer")
    return line.decode("latin-1").rstrip("\r\n")


def _bounded(size: int) -> int:
    if not 0 <= size <= _LARGEST_BODY:
        raise ValueError(f"an HTTP body of {size} bytes")
    return size
