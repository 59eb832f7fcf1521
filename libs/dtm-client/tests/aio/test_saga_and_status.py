import asyncio

import pytest
from grpc import StatusCode

from dtm_client.aio.client import DtmClient
from dtm_client.errors import InvalidTransaction, ServerUnavailable, TransactionRefused
from dtm_client.protocol import replies
from dtm_client.protocol.dtm_pb2 import DtmRequest
from dtm_client.testing.scripted import ScriptedServer
from dtm_client.transactions.conversation import Answer, Method
from dtm_client.values.message import Message, MessageStep
from dtm_client.values.outcome import RolledBack, StillRunning, Submitted, Succeeded
from dtm_client.values.saga import Saga, SagaStep
from dtm_client.values.status import Mode, Status, TransactionState

SAGA = Saga("g", (SagaStep("h:1/a.B/Do", "h:1/a.B/Undo", b"\x00"),))


def stands(status: str) -> Answer:
    return Answer(StatusCode.ABORTED, replies.cannot_abort("saga", status))


async def test_a_saga_is_submitted_in_one_call(dtm: DtmClient, scripted: ScriptedServer) -> None:
    assert await dtm.saga(SAGA) == Submitted()

    (call,) = scripted.received
    request = DtmRequest.FromString(call.body)
    assert (call.method, request.Gid, list(request.BinPayloads)) == ("/dtmgimp.Dtm/Submit", "g", [b"\x00"])


async def test_a_submit_whose_reply_was_lost_is_asked_for_and_not_repeated(
    dtm: DtmClient, scripted: ScriptedServer, lost: Answer
) -> None:
    scripted.on(Method.SUBMIT, lost)
    scripted.on(Method.ABORT, stands("submitted"), stands("aborting"), stands("failed"))

    assert await dtm.saga(SAGA, wait=True) == RolledBack("")
    assert scripted.methods == ["Submit", "Abort", "Abort", "Abort"]


async def test_a_resumed_saga_that_is_known_is_only_waited_for(dtm: DtmClient, scripted: ScriptedServer) -> None:
    scripted.on(Method.ABORT, stands("submitted"), stands("succeed"))

    assert await dtm.resume(SAGA) == Succeeded()
    assert "Submit" not in scripted.methods


async def test_the_caller_waits_no_longer_than_its_deadline(dtm: DtmClient, scripted: ScriptedServer) -> None:
    scripted.on(Method.SUBMIT, Answer(StatusCode.ABORTED, replies.WAIT_NOT_SUCCEEDED))
    scripted.on(Method.ABORT, *[stands("submitted")] * 50)

    assert await dtm.saga(SAGA, wait=True, deadline=0.1) == StillRunning(replies.WAIT_NOT_SUCCEEDED)


@pytest.mark.requirement("saga.waiting-submit-is-not-cut")
@pytest.mark.parametrize("cancelled", [False, True])
async def test_a_waiting_submit_is_not_cut_off_when_its_caller_has_stopped_waiting(
    scripted: ScriptedServer, *, cancelled: bool
) -> None:
    """DTM would hand the cut on to the branch that it is calling."""
    arrived, goes_on = asyncio.Event(), asyncio.Event()
    ended: list[str] = []

    async def submit(request: bytes) -> Answer:
        arrived.set()
        try:
            await goes_on.wait()
        except asyncio.CancelledError:
            ended.append("cut off")
            raise
        ended.append("answered")
        return Answer(StatusCode.OK)

    scripted.on(Method.SUBMIT, submit)
    scripted.on(Method.ABORT, *[stands("submitted")] * 50)
    async with DtmClient(scripted.address, jitter=lambda: 0.0) as dtm:
        running = asyncio.create_task(dtm.saga(SAGA, wait=True, deadline=30 if cancelled else 0.1))
        await arrived.wait()
        if cancelled:
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
        else:
            assert isinstance(await running, StillRunning)
        assert ended == []
        goes_on.set()
    assert ended == ["answered"]


async def test_without_http_the_status_is_read_from_a_refused_abort(dtm: DtmClient, scripted: ScriptedServer) -> None:
    scripted.on(Method.ABORT, stands("prepared"), Answer(StatusCode.INTERNAL, replies.no_such_transaction("g")))

    assert await dtm.status("g") == TransactionState(Status.PREPARED)
    assert await dtm.status("g", Mode.TCC) == TransactionState(Status.UNKNOWN_GID)
    assert {DtmRequest.FromString(call.body).TransType for call in scripted.received} == {"saga"}


@pytest.mark.requirement("message.prepared-is-never-probed")
async def test_what_could_abort_a_message_by_asking_is_refused(dtm: DtmClient, scripted: ScriptedServer) -> None:
    with pytest.raises(InvalidTransaction):
        await dtm.status("g", Mode.MESSAGE)
    with pytest.raises(InvalidTransaction):
        await dtm.abort("g", Mode.SAGA)
    assert scripted.received == []


async def test_a_message_that_is_past_prepare_is_refused(dtm: DtmClient, scripted: ScriptedServer) -> None:
    scripted.on(Method.PREPARE, Answer(StatusCode.ABORTED, replies.cannot_prepare("submitted")))

    with pytest.raises(TransactionRefused, match="submitted"):
        await dtm.prepare(Message("g", (MessageStep("h:1/a.B/Tell", b""),), "h:1/a.B/Ask"))


async def test_a_message_is_prepared_submitted_and_aborted(dtm: DtmClient, scripted: ScriptedServer) -> None:
    message = Message("g", (MessageStep("h:1/a.B/Tell", b""),), "h:1/a.B/Ask")

    await dtm.prepare(message)
    assert await dtm.submit(message) == Submitted()
    assert await dtm.submit(message, wait=True) == Succeeded()
    assert await dtm.abort("g", Mode.MESSAGE, "why") == RolledBack("why")
    assert scripted.methods == ["Prepare", "Submit", "Submit", "Abort"]


async def test_ping_is_repeated_until_the_deadline(dtm: DtmClient, scripted: ScriptedServer, lost: Answer) -> None:
    scripted.on(Method.NEW_GID, lost)
    await dtm.ping()
    assert scripted.methods == ["NewGid", "NewGid"]

    scripted.on(Method.NEW_GID, *[lost] * 50)
    with pytest.raises(ServerUnavailable):
        await dtm.ping(deadline=0.1)


async def test_what_only_the_http_api_can_do_is_refused_without_it(dtm: DtmClient, scripted: ScriptedServer) -> None:
    for operate in (dtm.retry, dtm.stop):
        with pytest.raises(InvalidTransaction, match="give the client an HTTP address"):
            await operate("g")
    assert scripted.received == []
