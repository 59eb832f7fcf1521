"""The same request again: nothing is done twice, whatever happened to the first."""

import asyncio
import dataclasses
from typing import Any

import pytest

from accord.ports.errors import DependencyUnavailable
from accord.ports.flow import FrozenFlow
from accord.ports.transactions import NotStored, RolledBack, StillRunning, Succeeded
from accord.services.order.domain.attempt import AttemptOutcome
from accord.services.order.domain.errors import IdempotencyKeyReused
from accord.services.order.domain.order import OrderStatus, PaymentMethod


@pytest.mark.requirement("placing.repeat-sends-stored-bytes")
async def test_a_repeat_after_a_crash_sends_the_stored_bytes_and_never_quotes_again(placing: Any) -> None:
    placing.dying.at = "order.place:after-attempt"
    with pytest.raises(placing.Died):
        await placing.place(placing.request)
    stored = await placing.journal.attempt(placing.request)
    assert stored is not None
    placing.dying.at = ""
    await placing.place(placing.request)
    assert placing.transactions.resumed == [stored.flow]
    assert placing.transactions.ran == []
    assert len(placing.prices.quotes) == len(placing.transactions.flows) == 1


@pytest.mark.requirement("placing.finished-is-not-sent")
async def test_a_finished_attempt_is_never_sent_again(placing: Any) -> None:
    placing.transactions.meanwhile = placing.create_row
    first = await placing.place(placing.request)
    assert await placing.place(placing.request) == first
    assert len(placing.transactions.ran) == 1
    assert placing.transactions.resumed == []


@pytest.mark.requirement("placing.key-takes-one-request")
async def test_a_key_used_for_another_request_is_refused(placing: Any) -> None:
    await placing.place(placing.request)
    other = dataclasses.replace(placing.request, payment_method=PaymentMethod.WALLET)
    with pytest.raises(IdempotencyKeyReused):
        await placing.place(other)
    assert len(placing.transactions.ran) == 1


@pytest.mark.requirement("placing.id-of-caller-and-key")
@pytest.mark.parametrize("key", ["KEY-1", "key-1 ", "key-2"])
async def test_keys_are_compared_byte_by_byte(placing: Any, key: str) -> None:
    first = await placing.place(placing.request)
    second = await placing.place(dataclasses.replace(placing.request, idempotency_key=key))
    assert first.order_id != second.order_id
    assert len(placing.transactions.ran) == 2


@pytest.mark.requirement("placing.reason-is-kept")
@pytest.mark.parametrize("has_row", [True, False])
async def test_a_reason_that_nobody_knows_is_called_unknown_until_somebody_tells_it(
    placing: Any, has_row: bool
) -> None:
    placing.transactions.script = [RolledBack("")]
    if has_row:
        placing.transactions.meanwhile = placing.create_and_close_row
    order = await placing.place(placing.request)
    assert (order.status, order.close_reason) == (OrderStatus.CLOSED, "REASON_UNKNOWN")
    await placing.journal.conclude(order.order_id, AttemptOutcome.ROLLED_BACK, "OUT_OF_STOCK")
    assert (await placing.place(placing.request)).close_reason == "OUT_OF_STOCK"


@pytest.mark.requirement("placing.reason-is-kept")
async def test_a_reason_once_written_stays(placing: Any) -> None:
    placing.transactions.script = [RolledBack("OUT_OF_STOCK")]
    placing.transactions.meanwhile = placing.create_and_close_row
    order = await placing.place(placing.request)
    await placing.journal.conclude(order.order_id, AttemptOutcome.ROLLED_BACK, "a later word")
    attempt = await placing.journal.attempt(placing.request)
    assert attempt is not None
    assert attempt.reason == (await placing.place(placing.request)).close_reason == "OUT_OF_STOCK"


async def test_a_crash_before_the_outcome_is_written_is_mended_by_a_repeat(placing: Any) -> None:
    async def die(flow: FrozenFlow) -> None:
        await placing.create_and_close_row(flow)
        raise placing.Died

    placing.transactions.meanwhile = die
    with pytest.raises(placing.Died):
        await placing.place(placing.request)

    async def go_on(flow: FrozenFlow) -> None:
        """Everything was done and undone already."""

    placing.transactions.meanwhile = go_on
    placing.transactions.script = [RolledBack("PRICE_CHANGED")]
    assert (await placing.place(placing.request)).close_reason == "PRICE_CHANGED"


async def test_a_transaction_that_still_runs_is_shown_as_it_stands_and_resumed_by_a_repeat(placing: Any) -> None:
    placing.transactions.script = [StillRunning("a branch does not answer"), Succeeded()]
    assert (await placing.place(placing.request)).status is OrderStatus.CREATED
    await placing.place(placing.request)
    assert placing.transactions.resumed == placing.transactions.ran


async def test_a_transaction_that_was_not_stored_is_unavailable_and_the_same_bytes_go_out_again(
    placing: Any,
) -> None:
    placing.transactions.script = [NotStored("the coordinator is down"), Succeeded()]
    with pytest.raises(DependencyUnavailable, match="coordinator"):
        await placing.place(placing.request)
    await placing.place(placing.request)
    assert placing.transactions.resumed == placing.transactions.ran
    assert len(placing.prices.quotes) == 1


@pytest.mark.requirement("placing.repeats-join-the-first")
async def test_repeats_during_the_first_run_wait_for_it_and_send_nothing(placing: Any) -> None:
    running, go_on = asyncio.Event(), asyncio.Event()

    async def slow(flow: FrozenFlow) -> None:
        running.set()
        await go_on.wait()
        await placing.create_row(flow)

    placing.transactions.meanwhile = slow
    first = asyncio.create_task(placing.place(placing.request))
    await running.wait()
    repeats = [asyncio.create_task(placing.place(placing.request)) for _ in range(5)]
    for _ in range(10):
        await asyncio.sleep(0)
    assert not any(task.done() for task in (first, *repeats))
    go_on.set()
    orders = await asyncio.gather(first, *repeats)
    assert len(set(orders)) == 1
    assert (len(placing.transactions.ran), placing.transactions.resumed) == (1, [])


@pytest.mark.requirement("placing.repeats-join-the-first")
@pytest.mark.parametrize("steady", [True, False])
async def test_without_the_lock_the_attempt_row_lets_only_one_be_first(placing: Any, steady: bool) -> None:
    await placing.lock.aclose()
    both = asyncio.Barrier(2)

    async def meet(flow: FrozenFlow) -> None:
        await both.wait()

    # At steady prices the two attempts differ in nothing.
    placing.prices.steady = steady
    placing.prices.meanwhile = both.wait
    placing.transactions.meanwhile = meet
    one, other = await asyncio.gather(placing.place(placing.request), placing.place(placing.request))
    assert one == other
    assert placing.transactions.ran == placing.transactions.resumed
    assert len(placing.transactions.ran) == 1
