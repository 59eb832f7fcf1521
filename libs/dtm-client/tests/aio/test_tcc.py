import asyncio

import grpc.aio
import pytest
from grpc import StatusCode

from dtm_client.aio.branches import Branches
from dtm_client.aio.client import DtmClient
from dtm_client.errors import BranchFailed, BranchRefused
from dtm_client.protocol import replies
from dtm_client.protocol.dtm_pb2 import DtmBranchRequest, DtmRequest
from dtm_client.testing.scripted import ScriptedServer
from dtm_client.transactions.conversation import Answer, Metadata, Method
from dtm_client.values.options import Options
from dtm_client.values.outcome import NotStored, RolledBack, RollingBack, Submitted, Succeeded
from dtm_client.values.tcc import Tcc, TccBranch

TCC = Tcc("g", Options(branch_headers={"traceparent": "00-1-2-01"}))


def branch(scripted: ScriptedServer, name: str) -> TccBranch:
    return TccBranch(
        scripted.url(f"a.{name}/Try"), scripted.url(f"a.{name}/Confirm"), scripted.url(f"a.{name}/Cancel"), b"pay"
    )


def stands(status: str) -> Answer:
    return Answer(StatusCode.ABORTED, replies.cannot_abort("tcc", status))


@pytest.mark.requirement("tcc.registered-before-tried")
async def test_every_branch_is_registered_before_it_is_tried(dtm: DtmClient, scripted: ScriptedServer) -> None:
    scripted.on("a.Stock/Try", Answer(StatusCode.OK, body=b"reserved"))
    got = []

    async def body(branches: Branches) -> None:
        got.append(await branches.run(branch(scripted, "Stock")))
        got.append(await branches.run(branch(scripted, "Money")))

    assert await dtm.tcc(TCC, body) == Submitted()
    assert got == [b"reserved", b""]
    assert scripted.methods == ["Prepare", "RegisterBranch", "Try", "RegisterBranch", "Try", "Submit"]
    registered = DtmBranchRequest.FromString(scripted.received[3].body)
    assert (registered.BranchID, registered.BusiPayload) == ("02", b"pay")
    tried = scripted.received[4]
    assert (tried.method, tried.body) == ("/a.Money/Try", b"pay")
    assert (
        tried.metadata.items()
        >= {
            "dtm-gid": "g",
            "dtm-trans_type": "tcc",
            "dtm-branch_id": "02",
            "dtm-op": "try",
            "dtm-dtm": scripted.address,
            "traceparent": "00-1-2-01",
        }.items()
    )


async def test_a_body_that_says_no_is_an_outcome(dtm: DtmClient, scripted: ScriptedServer) -> None:
    scripted.on("a.Money/Try", Answer(StatusCode.ABORTED, "no money"))
    scripted.on(Method.ABORT, Answer(StatusCode.OK), stands("aborting"), stands("failed"))

    async def body(branches: Branches) -> None:
        await branches.run(branch(scripted, "Stock"))
        await branches.run(branch(scripted, "Money"))

    assert await dtm.tcc(TCC, body, wait=True) == RolledBack("no money")
    abort = DtmRequest.FromString(scripted.received[5].body)
    assert (scripted.methods[5], abort.TransType, abort.RollbackReason) == ("Abort", "tcc", "no money")
    assert "Submit" not in scripted.methods


@pytest.mark.requirement("tcc.registered-before-tried")
async def test_tries_overlap_while_their_registrations_follow_each_other(
    dtm: DtmClient, scripted: ScriptedServer
) -> None:
    registering, trying = [0, 0], [0, 0]
    both_try = asyncio.Event()

    async def register(request: bytes) -> Answer:
        registering[0] += 1
        registering[1] = max(registering)
        # Let every other task run, so that a second registration would be seen.
        for _ in range(50):
            await asyncio.sleep(0)
        registering[0] -= 1
        return Answer(StatusCode.OK)

    async def attempt(request: bytes) -> Answer:
        trying[0] += 1
        trying[1] = max(trying)
        if trying[0] == 2:
            both_try.set()
        await both_try.wait()
        trying[0] -= 1
        return Answer(StatusCode.OK)

    scripted.on(Method.REGISTER_BRANCH, register, register)
    scripted.on("a.Stock/Try", attempt)
    scripted.on("a.Money/Try", attempt)

    async def body(branches: Branches) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(branches.run(branch(scripted, "Stock")))
            group.create_task(branches.run(branch(scripted, "Money")))

    assert await dtm.tcc(TCC, body) == Submitted()
    assert (registering[1], trying[1]) == (1, 2)


async def test_a_no_from_within_a_task_group_is_an_outcome_too(dtm: DtmClient, scripted: ScriptedServer) -> None:
    scripted.on("a.Money/Try", Answer(StatusCode.ABORTED, "no money"))

    async def body(branches: Branches) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(branches.run(branch(scripted, "Money")))

    assert await dtm.tcc(TCC, body) == RollingBack("no money")


async def test_a_try_whose_answer_was_lost_is_tried_again(
    dtm: DtmClient, scripted: ScriptedServer, lost: Answer
) -> None:
    scripted.on("a.Stock/Try", lost, Answer(StatusCode.FAILED_PRECONDITION))

    async def body(branches: Branches) -> None:
        await branches.run(branch(scripted, "Stock"))

    assert await dtm.tcc(TCC, body) == Submitted()
    assert scripted.methods.count("Try") == 3


async def test_a_try_that_cannot_be_had_undoes_the_transaction(
    dtm: DtmClient, scripted: ScriptedServer, lost: Answer
) -> None:
    scripted.on("a.Stock/Try", *[lost] * 50)

    async def body(branches: Branches) -> None:
        await branches.run(branch(scripted, "Stock"))

    outcome = await dtm.tcc(TCC, body, deadline=0.2)

    assert isinstance(outcome, RollingBack)
    assert "gave no answer in time" in outcome.reason


async def test_any_other_error_of_the_body_aborts_and_is_raised_again(dtm: DtmClient, scripted: ScriptedServer) -> None:
    scripted.on("a.Stock/Try", Answer(StatusCode.UNIMPLEMENTED))

    async def body(branches: Branches) -> None:
        await branches.run(branch(scripted, "Stock"))

    with pytest.raises(BranchFailed):
        await dtm.tcc(TCC, body)
    assert scripted.methods[-1] == "Abort"


async def test_an_error_whose_abort_fails_says_so(dtm: DtmClient, scripted: ScriptedServer, lost: Answer) -> None:
    scripted.on(Method.ABORT, *[lost] * 50)

    async def body(branches: Branches) -> None:
        raise ValueError

    with pytest.raises(ValueError) as broken:
        await dtm.tcc(TCC, body, deadline=0.1)
    assert "TimeoutToFail" in broken.value.__notes__[0]


async def test_a_cancelled_body_aborts(dtm: DtmClient, scripted: ScriptedServer) -> None:
    entered = asyncio.Event()

    async def body(branches: Branches) -> None:
        entered.set()
        await asyncio.Event().wait()

    running = asyncio.create_task(dtm.tcc(TCC, body))
    await entered.wait()
    running.cancel()

    with pytest.raises(asyncio.CancelledError):
        await running
    assert scripted.methods == ["Prepare", "Abort"]


async def test_a_gid_that_is_past_prepare_runs_no_body(dtm: DtmClient, scripted: ScriptedServer) -> None:
    scripted.on(Method.PREPARE, Answer(StatusCode.ABORTED, replies.cannot_prepare("submitted")))
    scripted.on(Method.ABORT, stands("submitted"), stands("succeed"))

    async def body(branches: Branches) -> None:
        pytest.fail("the first run decided")

    assert await dtm.tcc(TCC, body, wait=True) == Succeeded()


@pytest.mark.requirement("tcc.repeat-resumes")
async def test_a_repeated_run_resumes_over_its_own_registrations(dtm: DtmClient, scripted: ScriptedServer) -> None:
    scripted.on(Method.REGISTER_BRANCH, Answer(StatusCode.UNKNOWN, replies.duplicate_branch()))

    async def body(branches: Branches) -> None:
        await branches.run(branch(scripted, "Stock"))

    assert await dtm.tcc(TCC, body) == Submitted()
    assert scripted.methods == ["Prepare", "RegisterBranch", "Try", "Submit"]


@pytest.mark.requirement("tcc.repeat-resumes")
@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (stands("succeed"), Succeeded()),
        (stands("aborting"), RollingBack("")),
        (
            Answer(StatusCode.INTERNAL, replies.no_such_transaction("g")),
            NotStored("the manager knows nothing of this gid"),
        ),
    ],
)
async def test_a_body_that_was_overtaken_ends_with_what_became_of_the_transaction(
    dtm: DtmClient, scripted: ScriptedServer, status: Answer, outcome: object
) -> None:
    scripted.on(Method.REGISTER_BRANCH, Answer(StatusCode.ABORTED, replies.not_prepared("g")))
    scripted.on(Method.ABORT, status)

    async def body(branches: Branches) -> None:
        await branches.run(branch(scripted, "Stock"))

    assert await dtm.tcc(TCC, body) == outcome
    assert scripted.methods == ["Prepare", "RegisterBranch", "Abort"]


async def test_a_branch_may_be_tried_through_a_stub(dtm: DtmClient, scripted: ScriptedServer, lost: Answer) -> None:
    scripted.on("a.Stock/Try", lost, Answer(StatusCode.OK, body=b"7"))
    scripted.on("a.Money/Try", Answer(StatusCode.ABORTED, "no money"))
    results: list[int] = []

    async with grpc.aio.insecure_channel(scripted.address) as channel:

        async def call(method: str, metadata: Metadata, timeout: float) -> int:  # noqa: ASYNC109 - grpc's name
            stub: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(method)
            return int(await stub(b"pay", metadata=tuple(metadata), timeout=timeout))

        async def body(branches: Branches) -> None:
            results.append(
                await branches.run(
                    branch(scripted, "Stock"), lambda metadata, left: call("/a.Stock/Try", metadata, left)
                )
            )
            with pytest.raises(BranchRefused):
                await branches.run(
                    branch(scripted, "Money"), lambda metadata, left: call("/a.Money/Try", metadata, left)
                )

        assert await dtm.tcc(TCC, body) == Submitted()
    assert results == [7]
    assert scripted.received[2].metadata["dtm-branch_id"] == "01"
