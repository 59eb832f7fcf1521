"""The wire: real gRPC between a client, the coordinator and its branches."""

import itertools
import json
from collections.abc import AsyncIterator, Awaitable
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty

from dtm_client.coordinator.server import Address, Coordinator
from dtm_client.coordinator.store.memory import MemoryStore
from dtm_client.protocol.dtm_pb2 import DtmBranchRequest, DtmRequest, DtmTransOptions
from dtm_client.protocol.dtm_pb2_grpc import DtmStub
from dtm_client.testing.simulation.branches import BranchServer

if TYPE_CHECKING:
    from dtm_client.protocol.dtm_pb2_grpc import DtmAsyncStub

WAIT = DtmTransOptions(WaitResult=True)


@pytest.fixture
async def dtm() -> AsyncIterator["DtmAsyncStub"]:
    numbers = itertools.count(1)
    local = Address("127.0.0.1", 0)
    coordinator = await Coordinator.start(MemoryStore(), local, local, lambda: 1000.0, lambda: f"gid-{next(numbers)}")
    async with grpc.aio.insecure_channel(str(coordinator.grpc_address)) as channel:
        yield DtmStub(channel)
    await coordinator.stop()


def saga(branches: BranchServer, gid: str, *methods: str, **options: Any) -> DtmRequest:
    steps = [{"action": branches.url(method), "compensate": branches.url("OK")} for method in methods]
    payloads = [f"payload {number}".encode() for number in range(1, len(methods) + 1)]
    waiting = DtmTransOptions(WaitResult=True, **options)
    return DtmRequest(Gid=gid, TransType="saga", Steps=json.dumps(steps), BinPayloads=payloads, TransOptions=waiting)


async def refusal(call: Awaitable[Empty]) -> tuple[str, str]:
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call
    return raised.value.code().name, raised.value.details() or ""


async def test_a_saga_calls_its_branches_with_the_bytes_and_the_metadata_of_dtm(
    dtm: "DtmAsyncStub", branches: BranchServer
) -> None:
    request = saga(branches, "one", "OK")
    request.TransOptions.BranchHeaders.update({"TraceParent": "00-ab", "blob-bin": "\x01ü"})
    await dtm.Submit(request)
    [(method, metadata, body)] = branches.calls
    assert (method, body) == ("OK", b"payload 1")
    wanted = {
        "dtm-gid": "one",
        "dtm-trans_type": "saga",
        "dtm-branch_id": "01",
        "dtm-op": "action",
        "dtm-dtm": "",
        "traceparent": "00-ab",
        "blob-bin": "\x01ü".encode(),
    }
    assert {key: value for key, value in metadata.items() if key != "user-agent"} == wanted


async def test_a_call_has_three_seconds_unless_the_options_say_otherwise(
    dtm: "DtmAsyncStub", branches: BranchServer
) -> None:
    await dtm.Submit(saga(branches, "default", "OK"))
    await dtm.Submit(saga(branches, "longer", "OK", RequestTimeout=30))
    default, longer = branches.time_left
    assert 0 < default < 4 < longer < 31


async def test_a_call_beyond_its_deadline_is_an_error_that_is_repeated(
    dtm: "DtmAsyncStub", branches: BranchServer
) -> None:
    request = DtmRequest(
        Gid="slow",
        TransType="msg",
        Steps=json.dumps([{"action": branches.url("HOLD")}]),
        BinPayloads=[b""],
        TransOptions=DtmTransOptions(WaitResult=True, RequestTimeout=1),
    )
    assert (await refusal(dtm.Submit(request)))[0] == "DEADLINE_EXCEEDED"


async def test_a_refused_saga_is_undone_in_reverse_and_says_why(dtm: "DtmAsyncStub", branches: BranchServer) -> None:
    code, text = await refusal(dtm.Submit(saga(branches, "no", "OK", "ABORTED", "OK")))
    assert code == "ABORTED"
    assert text == f"url:{branches.url('ABORTED')} return failed: says ABORTED FAILURE"
    assert branches.operations("no") == [
        ("01", "action"),
        ("02", "action"),
        ("02", "compensate"),
        ("01", "compensate"),
    ]


async def test_a_tcc_transaction_is_confirmed_in_reverse(dtm: "DtmAsyncStub", branches: BranchServer) -> None:
    await dtm.Prepare(DtmRequest(Gid="tcc", TransType="tcc"))
    for number in ("01", "02"):
        await dtm.RegisterBranch(registration(branches, "tcc", number))
    await dtm.Submit(DtmRequest(Gid="tcc", TransType="tcc", TransOptions=WAIT))
    assert branches.operations("tcc") == [("02", "confirm"), ("01", "confirm")]


async def test_a_branch_that_cannot_be_reached_shows_as_its_code(dtm: "DtmAsyncStub") -> None:
    steps = json.dumps([{"action": "127.0.0.1:1/shop.Stock/OK"}])
    request = DtmRequest(Gid="away", TransType="msg", Steps=steps, BinPayloads=[b""], TransOptions=WAIT)
    code, text = await refusal(dtm.Submit(request))
    assert code == "UNAVAILABLE"
    assert "unkown result will be retried" in text


async def test_the_query_of_a_message_has_an_empty_body(dtm: "DtmAsyncStub", branches: BranchServer) -> None:
    request = DtmRequest(Gid="ask", TransType="msg", QueryPrepared=branches.url("OK"))
    request.TransOptions.TimeoutToFail = 1
    await dtm.Prepare(request)
    await branches.called.wait()
    [(_, metadata, body)] = branches.calls
    assert (metadata["dtm-branch_id"], metadata["dtm-op"], body) == ("00", "msg", b"")


async def test_new_gids_differ(dtm: "DtmAsyncStub") -> None:
    assert (await dtm.NewGid(Empty())).Gid != (await dtm.NewGid(Empty())).Gid


async def test_an_unserved_type_is_an_invalid_argument_that_names_the_choices(dtm: "DtmAsyncStub") -> None:
    code, text = await refusal(dtm.Submit(DtmRequest(Gid="x", TransType="xa")))
    assert code == "INVALID_ARGUMENT"
    assert "saga, tcc, msg" in text


async def test_a_saga_is_not_prepared(dtm: "DtmAsyncStub") -> None:
    assert (await refusal(dtm.Prepare(DtmRequest(Gid="x", TransType="saga"))))[0] == "INVALID_ARGUMENT"


async def test_an_unknown_topic_is_told_as_at_dtm(dtm: "DtmAsyncStub") -> None:
    steps = json.dumps([{"action": "topic://news"}])
    request = DtmRequest(Gid="x", TransType="msg", Steps=steps, BinPayloads=[b""])
    assert await refusal(dtm.Submit(request)) == ("INTERNAL", "topic not found")


async def test_a_registration_of_another_type_is_told_as_at_dtm(dtm: "DtmAsyncStub", branches: BranchServer) -> None:
    request = registration(branches, "x", "01")
    request.TransType = "foo"
    assert await refusal(dtm.RegisterBranch(request)) == ("UNKNOWN", "unknow trans type: foo")


async def test_an_abort_of_an_unknown_gid_is_told_as_at_dtm(dtm: "DtmAsyncStub") -> None:
    refused = await refusal(dtm.Abort(DtmRequest(Gid="x", TransType="tcc")))
    assert refused == ("INTERNAL", "no TransGlobal with gid: x found")


def registration(branches: BranchServer, gid: str, branch_id: str) -> DtmBranchRequest:
    urls = {"confirm": branches.url("OK"), "cancel": branches.url("OK")}
    return DtmBranchRequest(Gid=gid, TransType="tcc", BranchID=branch_id, BusiPayload=b"p", Data=urls)
