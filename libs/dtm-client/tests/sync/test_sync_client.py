"""The blocking client in a thread, against a server that answers as it is told."""

import asyncio
import gc
from collections.abc import AsyncIterator, Iterator

import grpc
import pytest
from grpc import StatusCode

from dtm_client.errors import BranchRefused, InvalidTransaction, ServerUnavailable, TransactionRefused
from dtm_client.protocol import replies
from dtm_client.sync.branches import Branches
from dtm_client.sync.client import SyncDtmClient
from dtm_client.testing.scripted import ScriptedServer
from dtm_client.transactions.conversation import Answer, Metadata, Method
from dtm_client.values.message import Message, MessageStep
from dtm_client.values.outcome import RolledBack, RollingBack, StillRunning, Submitted, Succeeded
from dtm_client.values.saga import Saga, SagaStep
from dtm_client.values.status import Mode, Status, TransactionState
from dtm_client.values.tcc import Tcc, TccBranch

SAGA = Saga("g", (SagaStep("h:1/a.B/Do", "h:1/a.B/Undo", b""),))
TCC = Tcc("g")
LOST = Answer(StatusCode.UNAVAILABLE, "Socket closed")


class Time:
    """A clock that only ``sleep`` moves, so that no test waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture
def dtm(scripted: ScriptedServer) -> Iterator[SyncDtmClient]:
    time = Time()
    with SyncDtmClient(scripted.address, jitter=lambda: 0.0, now=lambda: time.now, sleep=time.sleep) as client:
        yield client


@pytest.fixture
def message(scripted: ScriptedServer) -> Message:
    return Message("g", (MessageStep(scripted.url("a.Order/MarkPaid"), b""),), scripted.url("a.Payment/QueryPrepared"))


def branch(scripted: ScriptedServer, name: str) -> TccBranch:
    return TccBranch(
        scripted.url(f"a.{name}/Try"), scripted.url(f"a.{name}/Confirm"), scripted.url(f"a.{name}/Cancel"), b"pay"
    )


def stands(status: str) -> Answer:
    return Answer(StatusCode.ABORTED, replies.cannot_abort("saga", status))


async def test_a_submit_whose_reply_was_lost_is_asked_for_and_not_repeated(
    dtm: SyncDtmClient, scripted: ScriptedServer
) -> None:
    scripted.on(Method.SUBMIT, LOST)
    scripted.on(Method.ABORT, LOST, stands("submitted"), stands("failed"))

    assert await asyncio.to_thread(dtm.saga, SAGA, wait=True) == RolledBack("")
    assert scripted.methods.count("Submit") == 1


async def test_a_waiting_submit_is_not_cut_off_when_its_caller_has_stopped_waiting(
    dtm: SyncDtmClient, scripted: ScriptedServer
) -> None:
    goes_on, ended = asyncio.Event(), asyncio.Event()

    async def submit(request: bytes) -> Answer:
        await goes_on.wait()
        ended.set()
        return Answer(StatusCode.OK)

    scripted.on(Method.SUBMIT, submit)
    scripted.on(Method.ABORT, *[stands("submitted")] * 50)

    assert isinstance(await asyncio.to_thread(dtm.saga, SAGA, wait=True, deadline=0.1), StillRunning)
    gc.collect()
    goes_on.set()
    async with asyncio.timeout(5):
        await ended.wait()


async def test_a_resumed_saga_that_is_known_is_only_waited_for(dtm: SyncDtmClient, scripted: ScriptedServer) -> None:
    scripted.on(Method.ABORT, stands("submitted"), stands("succeed"))

    assert await asyncio.to_thread(dtm.resume, SAGA) == Succeeded()
    assert "Submit" not in scripted.methods


async def test_branches_are_registered_then_tried(dtm: SyncDtmClient, scripted: ScriptedServer) -> None:
    scripted.on("a.Stock/Try", LOST, Answer(StatusCode.OK, body=b"reserved"))
    got: list[bytes] = []

    def body(branches: Branches) -> None:
        got.append(branches.run(branch(scripted, "Stock")))
        branches.run(branch(scripted, "Money"))

    assert await asyncio.to_thread(dtm.tcc, TCC, body) == Submitted()
    assert got == [b"reserved"]
    assert scripted.methods == ["Prepare", "RegisterBranch", "Try", "Try", "RegisterBranch", "Try", "Submit"]
    assert scripted.received[-2].metadata["dtm-branch_id"] == "02"


async def test_a_body_that_says_no_is_an_outcome_and_one_that_breaks_is_raised(
    dtm: SyncDtmClient, scripted: ScriptedServer
) -> None:
    scripted.on("a.Stock/Try", Answer(StatusCode.ABORTED, "no stock"))

    def refused(branches: Branches) -> None:
        branches.run(branch(scripted, "Stock"))

    def broken(branches: Branches) -> None:
        raise ValueError

    assert await asyncio.to_thread(dtm.tcc, TCC, refused) == RollingBack("no stock")
    with pytest.raises(ValueError):
        await asyncio.to_thread(dtm.tcc, TCC, broken)
    assert scripted.methods.count("Abort") == 2


async def test_a_body_that_was_overtaken_ends_with_what_became_of_the_transaction(
    dtm: SyncDtmClient, scripted: ScriptedServer
) -> None:
    scripted.on(Method.REGISTER_BRANCH, Answer(StatusCode.ABORTED, replies.not_prepared("g")))
    scripted.on(Method.ABORT, stands("succeed"))

    def body(branches: Branches) -> None:
        branches.run(branch(scripted, "Stock"))

    assert await asyncio.to_thread(dtm.tcc, TCC, body) == Succeeded()


async def test_a_branch_may_be_tried_through_a_stub(dtm: SyncDtmClient, scripted: ScriptedServer) -> None:
    scripted.on("a.Stock/Try", LOST, Answer(StatusCode.OK, body=b"7"))
    results: list[int] = []

    def body(branches: Branches) -> None:
        with grpc.insecure_channel(scripted.address) as channel:
            stub: grpc.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary("/a.Stock/Try")

            def call(metadata: Metadata, timeout: float) -> int:
                return int(stub(b"pay", metadata=tuple(metadata), timeout=timeout))

            results.append(branches.run(branch(scripted, "Stock"), call))

    assert await asyncio.to_thread(dtm.tcc, TCC, body) == Submitted()
    assert results == [7]


async def test_a_message_tells_of_a_local_transaction(
    dtm: SyncDtmClient, scripted: ScriptedServer, message: Message
) -> None:
    assert await asyncio.to_thread(dtm.do_and_submit, message, lambda: None) == Submitted()
    assert scripted.methods == ["Prepare", "Submit"]


@pytest.mark.parametrize(
    ("error", "calls"),
    [
        (BranchRefused("closed"), ["Prepare", "Abort"]),
        (ConnectionResetError("lost"), ["Prepare", "QueryPrepared", "Submit"]),
    ],
)
async def test_a_local_transaction_that_raises_is_resolved_and_raised_again(
    dtm: SyncDtmClient, scripted: ScriptedServer, message: Message, error: Exception, calls: list[str]
) -> None:
    def local() -> None:
        raise error

    with pytest.raises(type(error)):
        await asyncio.to_thread(dtm.do_and_submit, message, local)
    assert scripted.methods == calls


async def test_a_message_is_prepared_submitted_and_aborted(
    dtm: SyncDtmClient, scripted: ScriptedServer, message: Message
) -> None:
    def run() -> list[object]:
        dtm.prepare(message)
        return [dtm.submit(message), dtm.abort("g", Mode.MESSAGE, "why")]

    assert await asyncio.to_thread(run) == [Submitted(), RolledBack("why")]
    scripted.on(Method.PREPARE, Answer(StatusCode.ABORTED, replies.cannot_prepare("failed")))
    with pytest.raises(TransactionRefused):
        await asyncio.to_thread(dtm.prepare, message)


async def test_what_could_abort_a_message_by_asking_is_refused(dtm: SyncDtmClient) -> None:
    with pytest.raises(InvalidTransaction):
        dtm.status("g", Mode.MESSAGE)
    with pytest.raises(InvalidTransaction):
        dtm.abort("g", Mode.SAGA)


async def test_the_status_is_asked_for_over_http_where_it_can_be(scripted: ScriptedServer) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        assert request.startswith(b"GET /api/dtmsvr/query?gid=g&_=/query HTTP/1.1\r\n")
        body = b'{"transaction":{"status":"failed","rollback_reason":"why"}}'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        with SyncDtmClient(scripted.address, http=base) as dtm:
            assert await asyncio.to_thread(dtm.status, "g", Mode.MESSAGE) == TransactionState(Status.FAILED, "why")


async def test_a_server_that_is_not_there_is_given_up_at_the_deadline() -> None:
    time = Time()
    with SyncDtmClient("127.0.0.1:1", http="http://127.0.0.1:1", now=lambda: time.now, sleep=time.sleep) as dtm:
        with pytest.raises(ServerUnavailable):
            await asyncio.to_thread(dtm.ping)
        with pytest.raises(ServerUnavailable):
            await asyncio.to_thread(dtm.status, "g")
    assert time.now > 19


async def test_ping_returns_when_the_server_has_answered(dtm: SyncDtmClient, scripted: ScriptedServer) -> None:
    scripted.on(Method.NEW_GID, LOST)
    await asyncio.to_thread(dtm.ping)
    assert scripted.methods == ["NewGid", "NewGid"]
