"""The client at DTM on each of its stores, and what only the store decides."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dtm_client.aio.branches import Branches
from dtm_client.aio.client import DtmClient
from dtm_client.barrier.over.sqlite3 import run_in_barrier
from dtm_client.sync.client import SyncDtmClient
from dtm_client.testing.server import DtmServer
from dtm_client.testing.stores.running import STORES, running_store
from dtm_client.values.branch import message_call
from dtm_client.values.hurried import Due, NotHurried
from dtm_client.values.message import Message, MessageStep
from dtm_client.values.options import Options
from dtm_client.values.outcome import RolledBack, RollingBack, StillRunning, Succeeded
from dtm_client.values.saga import Saga, SagaStep
from dtm_client.values.status import Mode, Status, TransactionState
from dtm_client.values.tcc import Tcc, TccBranch

pytestmark = pytest.mark.integration

NOWHERE = "127.0.0.1:1/shop.Stock/Reserve"


@pytest.fixture(scope="module", params=STORES)
def server(
    request: pytest.FixtureRequest, dtm_binary: Path, store_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DtmServer]:
    with (
        running_store(request.param, store_cache) as store,
        DtmServer(dtm_binary, tmp_path_factory.mktemp("dtm"), store=store) as one,
    ):
        yield one


@pytest.fixture
async def dtm(server: DtmServer) -> Any:
    async with DtmClient(server.address, http=server.http) as client:
        yield client


async def test_a_saga_succeeds_or_is_rolled_back(dtm: DtmClient, shop: Any, gid: Any) -> None:
    steps = [SagaStep(shop.url("Reserve"), shop.url("Release"), payload) for payload in (b"a", b"no")]
    good, refused = Saga(gid(), (steps[0], steps[0])), Saga(gid(), tuple(steps))

    assert await dtm.saga(good, wait=True) == Succeeded()
    assert await dtm.saga(good, wait=True) == Succeeded()
    assert await dtm.saga(refused, wait=True) == RolledBack("out of stock, größer")
    assert shop.operations(refused.gid)[-2:] == [("02", "compensate"), ("01", "compensate")]
    assert await dtm.status(good.gid) == TransactionState(Status.SUCCEEDED)
    assert (await dtm.status(refused.gid)).status is Status.FAILED
    assert await dtm.status(gid()) == TransactionState(Status.UNKNOWN_GID)


async def test_a_branch_that_was_registered_before_is_tried_again_and_confirmed_once(
    dtm: DtmClient, shop: Any, gid: Any
) -> None:
    """The second registration is refused in words of the store's own."""
    tcc = Tcc(gid())
    branch = TccBranch(shop.url("Freeze"), shop.url("Capture"), shop.url("Unfreeze"), b"")
    replies: list[bytes] = []

    async def body(branches: Branches) -> None:
        replies.append(await branches.run(branch))

    async def overtaken(branches: Branches) -> None:
        await body(branches)
        assert await dtm.tcc(tcc, body, wait=True) == Succeeded()

    assert await dtm.tcc(tcc, overtaken, wait=True) == Succeeded()
    assert replies == [b"done", b"done"]
    assert shop.effects == [("01", "try"), ("01", "confirm")]


async def test_a_repeated_abort_tells_that_the_first_is_on_its_way(dtm: DtmClient, shop: Any, gid: Any) -> None:
    tcc = Tcc(gid())
    shop.holds["Unfreeze"] = asyncio.Event()
    aborted: list[Any] = []

    async def body(branches: Branches) -> None:
        await branches.run(TccBranch(shop.url("Freeze"), shop.url("Capture"), shop.url("Unfreeze"), b""))
        aborted.extend([await dtm.abort(tcc.gid, Mode.TCC, "why"), await dtm.abort(tcc.gid, Mode.TCC, "why")])

    await dtm.tcc(tcc, body)
    shop.holds["Unfreeze"].set()

    assert aborted == [RollingBack("why"), RollingBack("why")]
    assert await dtm.abort(tcc.gid, Mode.TCC, wait=True) == RolledBack("why")


async def test_a_message_tells_what_was_committed(dtm: DtmClient, shop: Any, gid: Any) -> None:
    message = Message(gid(), (MessageStep(shop.url("Tell"), b""),), shop.url("QueryPrepared"))

    async def local() -> None:
        run_in_barrier(shop.database, message_call(message.gid), lambda: shop.effects.append(("00", "local")))

    assert await dtm.do_and_submit(message, local, wait=True) == Succeeded()
    assert shop.effects == [("00", "local"), ("01", "action")]


async def test_a_stuck_saga_is_hurried_where_the_store_lets_it_be_and_stopped_on_any(
    dtm: DtmClient, server: DtmServer, shop: Any, gid: Any
) -> None:
    hurried = Saga(gid(), (SagaStep(shop.url("Reserve"), "", b"late"),), options=Options(retry_interval=40))
    stopped = Saga(gid(), (SagaStep(NOWHERE, shop.url("Release"), b""),), options=Options(retry_interval=40))
    shop.down.add(hurried.gid)
    for saga in (hurried, stopped):
        assert isinstance(await dtm.saga(saga, wait=True, deadline=0.3), StillRunning)
    shop.down.clear()

    outcome = await dtm.retry(hurried.gid)
    if server.store.driver in {"mysql", "postgres"}:
        assert outcome == Due()
        assert await dtm.resume(hurried) == Succeeded()
    else:
        assert isinstance(outcome, NotHurried)
        assert await dtm.status(hurried.gid) == TransactionState(Status.SUBMITTED)
    assert await dtm.stop(stopped.gid) == TransactionState(Status.FAILED)
    assert await dtm.stop(stopped.gid) == TransactionState(Status.FAILED)
    assert isinstance(await dtm.retry(stopped.gid), NotHurried)
    assert shop.operations(stopped.gid) == []
    with SyncDtmClient(server.address, http=server.http) as blocking:
        assert await asyncio.to_thread(blocking.stop, gid()) == TransactionState(Status.UNKNOWN_GID)
        assert isinstance(await asyncio.to_thread(blocking.retry, gid()), NotHurried)


async def test_what_was_submitted_is_known_after_a_crash_of_dtm(
    dtm: DtmClient, server: DtmServer, shop: Any, gid: Any
) -> None:
    """A second start finds its tables, and leaves them as they are."""
    saga = Saga(gid(), (SagaStep(shop.url("Reserve"), "", b"a"),))
    assert await dtm.saga(saga, wait=True) == Succeeded()
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)
    assert await dtm.resume(saga) == Succeeded()
    assert shop.operations(saga.gid) == [("01", "action")]
