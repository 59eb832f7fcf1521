"""The query API, over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from dtm_client.coordinator.effects import Reply
from dtm_client.coordinator.http_api import HttpApi
from dtm_client.coordinator.http_server import Answer, HttpServer, Request
from dtm_client.coordinator.intake import read_transaction
from dtm_client.coordinator.runner import Runner
from dtm_client.coordinator.store.memory import MemoryStore
from dtm_client.protocol.dtm_pb2 import DtmRequest
from dtm_client.testing import virtual_time
from dtm_client.testing.simulation.caller import ScriptedCaller
from dtm_client.testing.simulation.requests import Requests

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Awaitable[Connection]]


@pytest.fixture
async def runner(caller: ScriptedCaller) -> AsyncIterator[Runner]:
    made = Runner(MemoryStore(), caller, lambda: 1_700_000_000.5)
    yield made
    await made.stop(0)


@pytest.fixture
async def http(runner: Runner) -> AsyncIterator[Connect]:
    server = HttpServer(HttpApi(runner, lambda: "new").handle)
    port = await server.start("127.0.0.1", 0)
    connections: list[Connection] = []

    async def connect() -> Connection:
        connections.append(await asyncio.open_connection("127.0.0.1", port))
        return connections[-1]

    yield connect
    for _, writer in connections:
        writer.close()
    await server.stop()


async def send(connection: Connection, text: str) -> tuple[int, dict[str, str], Any]:
    """Send a request; return its status, its headers and its JSON."""
    reader, writer = connection
    writer.write(text.encode())
    status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return int(status.split(" ")[1]), headers, json.loads(await reader.readexactly(int(headers["content-length"])))


async def get(connection: Connection, path: str) -> tuple[int, Any]:
    status, _, content = await send(connection, f"GET {path} HTTP/1.1\r\nHost: h\r\n\r\n")
    return status, content


async def submit(runner: Runner, request: DtmRequest) -> Reply:
    return await runner.submit(read_transaction(request, runner._now()), wait=request.TransOptions.WaitResult)


async def test_ping_answers(http: Connect) -> None:
    assert await get(await http(), "/api/ping") == (200, {"msg": "pong"})


async def test_a_new_gid_is_given(http: Connect) -> None:
    status, content = await get(await http(), "/api/dtmsvr/newGid")
    assert (status, content) == (200, {"dtm_result": "SUCCESS", "gid": "new"})


async def test_the_version_names_the_coordinator(http: Connect) -> None:
    _, content = await get(await http(), "/api/dtmsvr/version")
    assert content["version"].startswith("dtm-client ")


async def test_a_query_shows_the_transaction_and_its_branches(
    http: Connect, runner: Runner, ask: Requests, caller: ScriptedCaller
) -> None:
    caller.script["a1"] = [("UNAVAILABLE", "down")]
    await submit(runner, ask.saga("gid-1", steps=1, wait=True, RetryInterval=7))
    status, content = await get(await http(), "/api/dtmsvr/query?gid=gid-1&_=/query")
    assert status == 200
    transaction, (compensate, action) = content["transaction"], content["branches"]
    assert transaction == {
        "create_time": "2023-11-14T22:13:20.500000Z",
        "update_time": "2023-11-14T22:13:20.500000Z",
        "gid": "gid-1",
        "trans_type": "saga",
        "status": "submitted",
        "protocol": "grpc",
        "options": '{"wait_result":true,"retry_interval":7}',
        "next_cron_interval": 14,
        "next_cron_time": "2023-11-14T22:13:34.500000Z",
    }
    assert action == {
        "create_time": "2023-11-14T22:13:20.500000Z",
        "update_time": "2023-11-14T22:13:20.500000Z",
        "gid": "gid-1",
        "url": "h:1/t.T/a1",
        "bin_data": "cGF5bG9hZCAx",
        "branch_id": "01",
        "op": "action",
        "status": "prepared",
        "tries": 1,
        "last_error": "UNAVAILABLE: down",
    }
    assert (compensate["op"], compensate["tries"]) == ("compensate", 0)


async def test_a_failed_transaction_tells_its_reason_and_when_it_was_undone(
    http: Connect, runner: Runner, ask: Requests, caller: ScriptedCaller
) -> None:
    caller.script["a1"] = [("ABORTED", "sold out")]
    await submit(runner, ask.saga("no", steps=1, wait=True))
    _, content = await get(await http(), "/api/dtmsvr/query?gid=no")
    assert content["transaction"]["status"] == "failed"
    assert content["transaction"]["rollback_reason"] == "url:h:1/t.T/a1 return failed: sold out FAILURE"
    assert content["transaction"]["rollback_time"] == "2023-11-14T22:13:20.500000Z"
    assert content["branches"][1]["finish_time"] == "2023-11-14T22:13:20.500000Z"


async def test_an_unknown_gid_is_no_transaction(http: Connect) -> None:
    assert await get(await http(), "/api/dtmsvr/query?gid=x") == (200, {"branches": [], "transaction": None})


async def test_a_query_without_gid_is_refused(http: Connect) -> None:
    assert await get(await http(), "/api/dtmsvr/query") == (500, {"message": "no gid specified"})


async def test_all_lists_pages_newest_first_and_by_status(
    http: Connect, runner: Runner, ask: Requests, caller: ScriptedCaller
) -> None:
    caller.script["a1"] = [("UNAVAILABLE", ""), "OK", "OK"]
    for gid in ("one", "two", "three"):
        await submit(runner, ask.saga(gid, wait=True))
    connection = await http()
    _, first = await get(connection, "/api/dtmsvr/all?limit=2")
    _, rest = await get(connection, f"/api/dtmsvr/all?limit=2&position={first['next_position']}")
    _, stuck = await get(connection, "/api/dtmsvr/all?status=submitted&transType=saga&createTimeStart=1700000000000")
    _, one = await get(connection, "/api/dtmsvr/all?gid=two")
    assert [[one["gid"] for one in page["transactions"]] for page in (first, rest, stuck, one)] == [
        ["three", "two"],
        ["one"],
        ["one"],
        ["two"],
    ]
    assert (rest["next_position"], stuck["transactions"][0]["next_cron_interval"]) == ("", 20)


@pytest.mark.parametrize("query", ["limit=many", "position=x", "status=lost", "transType=xa", "createTimeEnd=now"])
async def test_a_parameter_that_cannot_be_read_is_a_bad_request(http: Connect, query: str) -> None:
    assert (await get(await http(), f"/api/dtmsvr/all?{query}"))[0] == 400


async def test_an_unknown_path_is_not_found(http: Connect) -> None:
    assert (await get(await http(), "/api/dtmsvr/forceStop"))[0] == 404


async def test_a_connection_serves_one_request_after_the_other(http: Connect) -> None:
    connection = await http()
    assert [(await get(connection, "/api/ping"))[0] for _ in range(3)] == [200, 200, 200]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("PUT /api/ping HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", 405),
        ("POST /api/ping HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", 404),
        ("POST /api/dtmsvr/forceStop HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", 400),
        ("POST /api/dtmsvr/forceStop HTTP/1.1\r\nContent-Length: 2\r\n\r\n[]", 400),
        ("POST /api/dtmsvr/forceStop HTTP/1.1\r\nContent-Length: 16385\r\n\r\n", 413),
        ("POST /api/dtmsvr/forceStop HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 413),
        ("POST /api/dtmsvr/forceStop HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 413),
        ("hello\r\n\r\n", 400),
        ("GET http://[ HTTP/1.1\r\n\r\n", 400),
        (f"GET /{'x' * 20_000} HTTP/1.1\r\n\r\n", 431),
    ],
)
async def test_what_is_not_understood_is_refused(http: Connect, text: str, status: int) -> None:
    assert (await send(await http(), text))[0] == status


async def test_a_connection_with_a_body_that_was_not_read_is_closed(http: Connect) -> None:
    connection = await http()
    _, headers, _ = await send(connection, "GET /api/ping HTTP/1.1\r\nContent-Length: 16385\r\n\r\n")
    assert headers["connection"] == "close"
    assert await connection[0].read() == b""


async def post(connection: Connection, path: str, gid: str) -> tuple[int, Any]:
    body = json.dumps({"gid": gid})
    head = f"POST /api/dtmsvr/{path} HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
    status, _, content = await send(connection, head + body)
    return status, content


async def test_an_operator_stops_a_transaction_and_is_told_when_there_is_none_to_stop(
    http: Connect, runner: Runner, ask: Requests, caller: ScriptedCaller
) -> None:
    caller.script["a1"] = ["UNAVAILABLE"]
    await submit(runner, ask.saga("stuck", steps=1, wait=True))
    connection = await http()
    assert await post(connection, "forceStop", "stuck") == (200, {"dtm_result": "SUCCESS"})
    assert await post(connection, "forceStop", "stuck") == (
        409,
        {"dtm_result": "FAILURE", "message": "global transaction force stop error. status: failed. error: FAILURE"},
    )
    assert await post(connection, "forceStop", "x") == (500, {"message": "no TransGlobal with gid: x found"})
    assert (await get(connection, "/api/dtmsvr/query?gid=stuck"))[1]["transaction"]["status"] == "failed"


async def test_an_operator_lets_a_transaction_be_called_now(
    http: Connect, runner: Runner, ask: Requests, caller: ScriptedCaller
) -> None:
    caller.script["a1"] = ["UNAVAILABLE", "OK"]
    await submit(runner, ask.saga("late", steps=1, wait=True))
    connection = await http()
    assert await post(connection, "resetNextCronTime", "late") == (200, {"dtm_result": "SUCCESS"})
    assert await post(connection, "resetNextCronTime", "x") == (500, {"message": "no TransGlobal with gid: x found"})
    assert caller.names("late") == ["a1", "a1"]


@pytest.mark.parametrize("head", ["HTTP/1.1\r\nConnection: close", "HTTP/1.0"])
async def test_a_connection_is_closed_after_the_answer_where_it_must_be(http: Connect, head: str) -> None:
    connection = await http()
    status, headers, _ = await send(connection, f"GET /api/ping {head}\r\n\r\n")
    assert (status, headers["connection"]) == (200, "close")
    assert await connection[0].read() == b""


def test_a_connection_that_stays_silent_for_a_minute_is_closed() -> None:
    async def nobody(request: Request) -> Answer:
        raise AssertionError(request)

    async def main() -> float:
        server = HttpServer(nobody)
        reader, writer = await asyncio.open_connection("127.0.0.1", await server.start("127.0.0.1", 0))
        writer.write(b"GET /api")
        assert await reader.read() == b""
        writer.close()
        await server.stop()
        return asyncio.get_running_loop().time()

    assert virtual_time.run(main()) == pytest.approx(60.0)
