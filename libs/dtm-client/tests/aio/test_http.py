import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from dtm_client.aio.client import DtmClient
from dtm_client.aio.http import fetch
from dtm_client.errors import ServerUnavailable
from dtm_client.sync.client import SyncDtmClient
from dtm_client.transactions.conversation import HttpAnswer
from dtm_client.values.status import Status, TransactionState


@asynccontextmanager
async def serving(answer: bytes, *, hang: bool = False) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Answer every request with the same bytes and close, or never; yield the base URL and what was requested."""
    requests: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        if hang:
            await reader.read()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", requests


@pytest.mark.parametrize(
    "head_and_body",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, and more",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding:  Chunked \r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\nhello",
        b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
    ],
)
async def test_a_body_ends_by_its_length_its_last_chunk_or_the_connection(head_and_body: bytes) -> None:
    async with serving(head_and_body) as (base, _):
        assert await fetch(base, "/x") == HttpAnswer(200, b"hello")


async def test_the_request_names_its_host_and_keeps_the_base_path() -> None:
    async with serving(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") as (base, requests):
        assert await fetch(f"{base}/gateway/", "/api?x=y") == HttpAnswer(404, b"")
        host = base.removeprefix("http://").encode()
    assert requests == [b"GET /gateway/api?x=y HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n"]


async def test_a_body_is_posted_as_json_with_its_length() -> None:
    async with serving(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (base, requests):
        await fetch(base, "/x", b'{"gid":"g"}')
    head = requests[0].decode().splitlines()
    assert head[0] == "POST /x HTTP/1.1"
    assert {"Content-Type: application/json", "Content-Length: 11"} <= set(head)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_100_000,
        b"SSH-2.0-OpenSSH\r\n",
        b"x" * 100_000,
    ],
)
async def test_what_is_cut_too_large_or_no_http_is_an_error_and_to_the_client_no_answer(answer: bytes) -> None:
    async with serving(answer) as (base, _):
        with pytest.raises((OSError, EOFError, ValueError)):
            await fetch(base, "/x")
        async with DtmClient("127.0.0.1:1", http=base) as dtm:
            with pytest.raises(ServerUnavailable):
                await dtm.status("g", deadline=0.05)


async def test_the_client_asks_the_status_over_http_where_it_can() -> None:
    told = b'{"branches":[],"transaction":{"status":"failed","rollback_reason":"why"}}'
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(told), told)
    async with serving(answer) as (base, requests), DtmClient("127.0.0.1:1", http=base) as dtm:
        assert await dtm.status("g") == TransactionState(Status.FAILED, "why")
    assert requests[0].startswith(b"GET /api/dtmsvr/query?gid=g&_=/query HTTP/1.1\r\n")


async def test_a_client_with_a_wrong_http_address_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="no base URL"):
        DtmClient("127.0.0.1:1", http="127.0.0.1:36789")
    with pytest.raises(ValueError, match="no base URL"):
        SyncDtmClient("127.0.0.1:1", http="127.0.0.1:36789")


async def test_an_http_api_that_hangs_or_is_not_there_is_given_up_at_the_deadline() -> None:
    async with serving(b"", hang=True) as (base, requests), DtmClient("127.0.0.1:1", http=base) as dtm:
        with pytest.raises(ServerUnavailable):
            await dtm.status("g", deadline=0.1)
        assert requests
    async with DtmClient("127.0.0.1:1", http="http://127.0.0.1:1") as dtm:
        with pytest.raises(ServerUnavailable):
            await dtm.status("g", deadline=0.1)
