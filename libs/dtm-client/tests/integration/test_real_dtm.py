"""The client, the interceptor and the barrier at a real DTM server."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from dtm_client.aio.branches import Branches
from dtm_client.aio.client import DtmClient
from dtm_client.barrier.over.sqlite3 import run_in_barrier
from dtm_client.errors import BranchRefused, TransactionRefused
from dtm_client.sync.client import SyncDtmClient
from dtm_client.testing.server import DtmServer
from dtm_client.values.branch import message_call
from dtm_client.values.message import Message, MessageStep
from dtm_client.values.options import Options
from dtm_client.values.outcome import NotStored, RolledBack, RollingBack, StillRunning, Succeeded
from dtm_client.values.saga import Saga, SagaStep
from dtm_client.values.status import Mode, Status, TransactionState
from dtm_client.values.tcc import Tcc, TccBranch

pytestmark = pytest.mark.integration

NOWHERE = "127.0.0.1:1/shop.Stock/Reserve"
REASON = "out of stock, größer"


def saga(shop: Any, gid: str, *payloads: bytes) -> Saga:
    steps = tuple(SagaStep(shop.url("Reserve"), shop.url("Release"), payload) for payload in payloads)
    return Saga(gid, steps, options=Options(branch_headers={"traceparent": "00-1-2-01"}))


def branch(shop: Any, payload: bytes = b"") -> TccBranch:
    return TccBranch(shop.url("Freeze"), shop.url("Capture"), shop.url("Unfreeze"), payload)


def message(shop: Any, gid: str) -> Message:
    return Message(gid, (MessageStep(shop.url("Tell"), b""),), shop.url("QueryPrepared"))


async def test_a_saga_succeeds_and_a_repeat_is_told_so(dtm: DtmClient, shop: Any, gid: Any) -> None:
    value = saga(shop, gid(), b"a", b"b")

    assert await dtm.saga(value, wait=True) == Succeeded()
    assert shop.effects == [("01", "action"), ("02", "action")]
    assert await dtm.saga(value, wait=True) == Succeeded()
    assert await dtm.resume(value) == Succeeded()
    assert await dtm.status(value.gid) == TransactionState(Status.SUCCEEDED)
    assert len(shop.effects) == 2


async def test_a_refused_saga_is_rolled_back_with_the_branchs_reason(dtm: DtmClient, shop: Any, gid: Any) -> None:
    value = saga(shop, gid(), b"a", b"no")

    assert await dtm.saga(value, wait=True) == RolledBack(REASON)
    assert shop.operations(value.gid) == [
        ("01", "action"),
        ("02", "action"),
        ("02", "compensate"),
        ("01", "compensate"),
    ]
    assert shop.effects == [("01", "action"), ("01", "compensate")]
    assert (await dtm.status(value.gid)).status is Status.FAILED


async def test_a_saga_whose_branch_is_away_is_still_running_and_not_failed(dtm: DtmClient, gid: Any) -> None:
    value = Saga(gid(), (SagaStep(NOWHERE, "", b""),))

    outcome = await dtm.saga(value, wait=True, deadline=0.3)

    assert isinstance(outcome, StillRunning)
    assert await dtm.status(value.gid) == TransactionState(Status.SUBMITTED)


async def test_a_saga_whose_undo_is_away_is_rolling_back_with_its_reason(dtm: DtmClient, shop: Any, gid: Any) -> None:
    value = Saga(gid(), (SagaStep(shop.url("Reserve"), NOWHERE, b""), SagaStep(shop.url("Reserve"), "", b"no")))

    assert await dtm.saga(value, wait=True, deadline=0.3) == RollingBack(REASON)
    assert (await dtm.status(value.gid)).status is Status.ABORTING


async def test_an_unknown_gid_is_said_to_be_unknown(dtm: DtmClient, gid: Any) -> None:
    assert await dtm.status(gid()) == TransactionState(Status.UNKNOWN_GID)
    assert isinstance(await dtm.abort(gid(), Mode.TCC), NotStored)


async def test_resuming_submits_what_the_manager_has_not_got(dtm: DtmClient, shop: Any, gid: Any) -> None:
    assert await dtm.resume(saga(shop, gid(), b"a")) == Succeeded()
    assert shop.effects == [("01", "action")]


async def test_a_concurrent_saga_keeps_its_orders(dtm: DtmClient, shop: Any, gid: Any) -> None:
    steps = saga(shop, "", b"a", b"b", b"c").steps
    value = Saga(gid(), steps, concurrent=True, orders={0: (2,), 2: (1,)})

    assert await dtm.saga(value, wait=True) == Succeeded()
    assert shop.effects == [("02", "action"), ("03", "action"), ("01", "action")]


async def test_a_tcc_transaction_confirms_in_reverse_order(dtm: DtmClient, shop: Any, gid: Any) -> None:
    tcc = Tcc(gid())
    replies: list[bytes] = []

    async def body(branches: Branches) -> None:
        replies.append(await branches.run(branch(shop)))
        replies.append(await branches.run(branch(shop)))

    assert await dtm.tcc(tcc, body, wait=True) == Succeeded()
    assert replies == [b"done", b"done"]
    assert shop.effects == [("01", "try"), ("02", "try"), ("02", "confirm"), ("01", "confirm")]
    assert await dtm.tcc(tcc, body, wait=True) == Succeeded()
    assert len(shop.effects) == 4


async def test_a_refused_try_cancels_what_was_tried(dtm: DtmClient, shop: Any, gid: Any) -> None:
    tcc = Tcc(gid())

    async def body(branches: Branches) -> None:
        await branches.run(branch(shop))
        await branches.run(branch(shop, b"no"))

    assert await dtm.tcc(tcc, body, wait=True) == RolledBack(REASON)
    assert shop.effects == [("01", "try"), ("01", "cancel")]
    again = await dtm.tcc(tcc, body, wait=True)
    assert isinstance(again, RolledBack)
    assert len(shop.effects) == 2


async def test_two_runs_of_one_tcc_gid_at_once_confirm_each_branch_once(dtm: DtmClient, shop: Any, gid: Any) -> None:
    tcc = Tcc(gid())
    both = asyncio.Barrier(2)

    async def body(branches: Branches) -> None:
        await both.wait()
        await branches.run(branch(shop))

    outcomes = await asyncio.gather(dtm.tcc(tcc, body, wait=True), dtm.tcc(tcc, body, wait=True))

    assert set(outcomes) == {Succeeded()}
    assert sorted(shop.effects) == [("01", "confirm"), ("01", "try")]


async def test_a_confirm_is_not_cut_off_when_its_caller_has_stopped_waiting(
    dtm: DtmClient, shop: Any, gid: Any
) -> None:
    """Cut off, DTM would call it again after 20 seconds."""
    tcc = Tcc(gid())
    shop.holds["Capture"] = asyncio.Event()

    async def body(branches: Branches) -> None:
        await branches.run(branch(shop))

    assert isinstance(await dtm.tcc(tcc, body, wait=True, deadline=0.5), StillRunning)
    shop.holds["Capture"].set()

    assert await dtm.tcc(tcc, body, wait=True) == Succeeded()
    assert shop.operations(tcc.gid) == [("01", "try"), ("01", "confirm")]


async def test_a_message_tells_what_was_committed(dtm: DtmClient, shop: Any, gid: Any) -> None:
    value = message(shop, gid())

    async def local() -> None:
        run_in_barrier(shop.database, message_call(value.gid), lambda: shop.effects.append(("00", "local")))

    assert await dtm.do_and_submit(value, local, wait=True) == Succeeded()
    assert shop.effects == [("00", "local"), ("01", "action")]


async def test_a_local_transaction_that_rolled_back_tells_nothing(dtm: DtmClient, shop: Any, gid: Any) -> None:
    value = message(shop, gid())

    async def local() -> None:
        raise BranchRefused("decided otherwise")

    with pytest.raises(BranchRefused):
        await dtm.do_and_submit(value, local)
    with pytest.raises(TransactionRefused, match="failed"):
        await dtm.prepare(value)
    assert shop.calls == []


@pytest.mark.parametrize("commits", [True, False])
async def test_a_commit_whose_answer_was_lost_is_resolved_by_query_prepared(
    dtm: DtmClient, shop: Any, gid: Any, *, commits: bool
) -> None:
    value = message(shop, gid())

    async def local() -> None:
        if commits:
            run_in_barrier(shop.database, message_call(value.gid), lambda: shop.effects.append(("00", "local")))
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await dtm.do_and_submit(value, local)
    assert isinstance(await dtm.submit(value, wait=True), Succeeded if commits else RolledBack)
    assert shop.effects == ([("00", "local"), ("01", "action")] if commits else [])


async def test_a_delayed_message_is_still_running_until_it_is_due(dtm: DtmClient, shop: Any, gid: Any) -> None:
    value = Message(gid(), (MessageStep(shop.url("Tell"), b""),), delay=60)

    assert isinstance(await dtm.submit(value, wait=True, deadline=0.2), StillRunning)
    assert shop.calls == []


async def test_a_prepared_message_is_seen_over_http_and_survives_being_asked_for(
    dtm_server: DtmServer, shop: Any, gid: Any
) -> None:
    value = message(shop, gid())
    async with DtmClient(dtm_server.address, http=dtm_server.http) as dtm:
        await dtm.prepare(value)
        await dtm.prepare(value)
        assert await dtm.status(value.gid, Mode.MESSAGE) == TransactionState(Status.PREPARED)
        assert await dtm.abort(value.gid, Mode.MESSAGE, "why") == RolledBack("why")
        # DTM keeps no reason for a message.
        assert await dtm.status(value.gid, Mode.MESSAGE) == TransactionState(Status.FAILED)


async def test_the_blocking_client_runs_the_same_conversations(dtm_server: DtmServer, shop: Any, gid: Any) -> None:
    with SyncDtmClient(dtm_server.address, http=dtm_server.http) as dtm:
        await asyncio.to_thread(dtm.ping)
        assert await asyncio.to_thread(dtm.saga, saga(shop, gid(), b"a", b"no"), wait=True) == RolledBack(REASON)
        assert (
            await asyncio.to_thread(dtm.tcc, Tcc(gid()), lambda branches: branches.run(branch(shop)), wait=True)
            == Succeeded()
        )


async def test_what_was_submitted_before_a_crash_of_the_server_is_known_after_it(
    dtm_binary: Path, tmp_path: Path, shop: Any, gid: Any
) -> None:
    value = saga(shop, gid(), b"a")
    with DtmServer(dtm_binary, tmp_path) as server:
        async with DtmClient(server.address, http=server.http) as dtm:
            await dtm.saga(value, wait=True)
            server.kill()
            resuming = asyncio.create_task(dtm.resume(value))
            await asyncio.to_thread(server.start)
            assert await resuming == Succeeded()
    assert shop.operations(value.gid) == [("01", "action")]
