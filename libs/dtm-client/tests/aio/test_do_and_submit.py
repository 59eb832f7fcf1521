import asyncio

import pytest
from grpc import StatusCode

from dtm_client.aio.client import DtmClient
from dtm_client.errors import BranchRefused, ServerUnavailable
from dtm_client.protocol import replies
from dtm_client.protocol.dtm_pb2 import DtmRequest
from dtm_client.testing.scripted import ScriptedServer
from dtm_client.transactions.conversation import Answer, Method
from dtm_client.values.message import Message, MessageStep
from dtm_client.values.outcome import Submitted, Succeeded


class AlreadyDecidedError(Exception):
    pass


@pytest.fixture
def message(scripted: ScriptedServer) -> Message:
    return Message("g", (MessageStep(scripted.url("a.Order/MarkPaid"), b""),), scripted.url("a.Payment/QueryPrepared"))


async def test_the_message_is_prepared_before_and_submitted_after_the_local_transaction(
    dtm: DtmClient, scripted: ScriptedServer, message: Message
) -> None:
    async def local() -> None:
        assert scripted.methods == ["Prepare"]

    assert await dtm.do_and_submit(message, local) == Submitted()
    assert scripted.methods == ["Prepare", "Submit"]


@pytest.mark.requirement("message.aborts-after-rollback")
@pytest.mark.parametrize("error", [BranchRefused("closed"), AlreadyDecidedError("closed")])
async def test_a_local_transaction_that_certainly_rolled_back_aborts_the_message(
    dtm: DtmClient, scripted: ScriptedServer, message: Message, error: Exception
) -> None:
    async def local() -> None:
        raise error

    with pytest.raises(type(error), match="closed"):
        await dtm.do_and_submit(message, local, not_committed=(AlreadyDecidedError,))
    assert scripted.methods == ["Prepare", "Abort"]
    assert DtmRequest.FromString(scripted.received[1].body).RollbackReason == "closed"


@pytest.mark.parametrize(
    ("verdict", "follows"),
    [
        (Answer(StatusCode.OK), ["Submit"]),
        (Answer(StatusCode.ABORTED, "not committed"), ["Abort"]),
    ],
)
async def test_an_unknown_commit_is_resolved_by_query_prepared_and_the_error_raised_again(
    dtm: DtmClient, scripted: ScriptedServer, message: Message, verdict: Answer, follows: list[str]
) -> None:
    scripted.on("a.Payment/QueryPrepared", verdict)

    async def local() -> None:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await dtm.do_and_submit(message, local)
    assert scripted.methods == ["Prepare", "QueryPrepared", *follows]


async def test_an_unknown_commit_that_stays_unknown_is_left_to_dtm(
    dtm: DtmClient, scripted: ScriptedServer, message: Message, lost: Answer
) -> None:
    scripted.on("a.Payment/QueryPrepared", *[lost] * 50)

    async def local() -> None:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await dtm.do_and_submit(message, local, deadline=0.1)
    assert set(scripted.methods) == {"Prepare", "QueryPrepared"}


@pytest.mark.requirement("message.cancelled-is-left-open")
async def test_a_cancelled_local_transaction_is_left_to_dtm(
    dtm: DtmClient, scripted: ScriptedServer, message: Message
) -> None:
    entered = asyncio.Event()

    async def local() -> None:
        entered.set()
        await asyncio.Event().wait()

    running = asyncio.create_task(dtm.do_and_submit(message, local))
    await entered.wait()
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert scripted.methods == ["Prepare"]


async def test_the_local_transaction_does_not_run_when_prepare_is_not_answered(
    dtm: DtmClient, scripted: ScriptedServer, message: Message, lost: Answer
) -> None:
    scripted.on(Method.PREPARE, *[lost] * 50)

    async def local() -> None:
        pytest.fail("nobody would tell of it")

    with pytest.raises(ServerUnavailable):
        await dtm.do_and_submit(message, local, deadline=0.1)


async def test_a_gid_that_is_past_prepare_runs_no_local_transaction(
    dtm: DtmClient, scripted: ScriptedServer, message: Message
) -> None:
    scripted.on(Method.PREPARE, Answer(StatusCode.ABORTED, replies.cannot_prepare("succeed")))

    async def local() -> None:
        pytest.fail("it was committed before")

    assert await dtm.do_and_submit(message, local) == Succeeded()


async def test_a_submit_that_fails_after_the_commit_says_that_its_fate_is_open(
    dtm: DtmClient, scripted: ScriptedServer, message: Message, lost: Answer
) -> None:
    scripted.on(Method.SUBMIT, *[lost] * 50)
    scripted.on(Method.PREPARE, Answer(StatusCode.OK), *[lost] * 50)

    async def local() -> None:
        """Commits."""

    with pytest.raises(ServerUnavailable):
        await dtm.do_and_submit(message, local, deadline=0.1)
