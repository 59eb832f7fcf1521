"""The steps of the order: whatever order they come in, it only moves forward, and none but Create says no."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accord.adapters.sqlite.memory import MemoryUnitOfWork
from accord.ports.clock import Clock
from accord.ports.unit_of_work import SqlSession, UnitOfWork
from accord.services.order.application.await_payment import await_payment
from accord.services.order.application.close_order import close_order
from accord.services.order.application.create_order import create_order
from accord.services.order.application.journal import Journal
from accord.services.order.application.mark_paid import mark_paid
from accord.services.order.application.mark_refund_failed import mark_refund_failed
from accord.services.order.application.mark_refunded import mark_refunded
from accord.services.order.application.mark_refunding import mark_refunding
from accord.services.order.application.transactions import Transactions
from accord.services.order.domain.errors import Refusal
from accord.services.order.domain.new_order import NewOrder
from accord.services.order.domain.order import OrderStatus
from accord.services.order.domain.repositories import OrderRepository
from accord.services.order.infrastructure.persistence.orders import SqlOrders
from accord.services.order.infrastructure.persistence.repositories import sql_repositories

LIMIT = 2
Telling = Callable[[UnitOfWork, NewOrder, Clock], Awaitable[None]]


async def act(unit_of_work: UnitOfWork, step: Callable[[OrderRepository], Awaitable[None]]) -> None:
    async def work(session: SqlSession) -> None:
        await step(SqlOrders(session))

    await unit_of_work.run(work)


async def create(unit_of_work: UnitOfWork, new: NewOrder, clock: Clock) -> None:
    await act(unit_of_work, lambda orders: create_order(new, orders, LIMIT, clock.now()))


async def ready(unit_of_work: UnitOfWork, new: NewOrder, clock: Clock) -> None:
    await act(unit_of_work, lambda orders: await_payment(new.order_id, orders, clock.now()))


async def paid(unit_of_work: UnitOfWork, new: NewOrder, clock: Clock) -> None:
    await act(unit_of_work, lambda orders: mark_paid(new.order_id, orders, clock.now()))


async def closed(unit_of_work: UnitOfWork, new: NewOrder, clock: Clock) -> None:
    await act(unit_of_work, lambda orders: close_order(new.order_id, "DECLINED", orders, clock.now()))


async def refunding(unit_of_work: UnitOfWork, new: NewOrder, clock: Clock) -> None:
    await act(unit_of_work, lambda orders: mark_refunding(new.order_id, orders, clock.now()))


async def refunded(unit_of_work: UnitOfWork, new: NewOrder, clock: Clock) -> None:
    await act(unit_of_work, lambda orders: mark_refunded(new.order_id, orders, clock.now()))


async def refund_failed(unit_of_work: UnitOfWork, new: NewOrder, clock: Clock) -> None:
    await act(unit_of_work, lambda orders: mark_refund_failed(new.order_id, orders, clock.now()))


@pytest.mark.requirement("message.rows-move-forward")
@pytest.mark.parametrize(
    ("tellings", "status", "refund_due"),
    [
        ([], OrderStatus.CREATED, False),
        ([ready], OrderStatus.AWAITING_PAYMENT, False),
        ([ready, paid], OrderStatus.PAID, False),
        ([paid, ready], OrderStatus.PAID, False),
        ([paid, closed], OrderStatus.PAID, False),
        ([closed, ready], OrderStatus.CLOSED, False),
        ([ready, closed], OrderStatus.CLOSED, False),
        ([closed, paid], OrderStatus.CLOSED, True),
        ([closed, paid, paid], OrderStatus.CLOSED, True),
        ([ready, paid, refunding], OrderStatus.REFUNDING, False),
        ([refunding, ready, paid], OrderStatus.REFUNDING, False),
        ([paid, refunding, refunded], OrderStatus.REFUNDED, False),
        ([refunded, refunding, paid], OrderStatus.REFUNDED, False),
        ([paid, refunding, refund_failed], OrderStatus.REFUND_FAILED, False),
        ([refund_failed, refunding, paid], OrderStatus.REFUND_FAILED, False),
        ([paid, refunding, refund_failed, refunded], OrderStatus.REFUNDED, False),
        ([refunded, refund_failed], OrderStatus.REFUNDED, False),
        ([closed, paid, refunding], OrderStatus.CLOSED, True),
        ([closed, paid, refunding, refunded], OrderStatus.REFUNDED, False),
        ([closed, paid, refunding, refund_failed], OrderStatus.REFUND_FAILED, False),
    ],
)
async def test_tellings_that_overtake_each_other_leave_one_status(
    unit_of_work: UnitOfWork,
    journal: Journal,
    new_order: NewOrder,
    clock: Clock,
    tellings: list[Telling],
    status: OrderStatus,
    refund_due: bool,
) -> None:
    await create(unit_of_work, new_order, clock)
    for tell in tellings:
        await tell(unit_of_work, new_order, clock)
    order = await journal.order(new_order.order_id)
    assert (order.status, order.refund_due) == (status, refund_due)
    assert order.close_reason == ("DECLINED" if status is OrderStatus.CLOSED else "")


@pytest.mark.requirement("message.steps-never-refuse")
@pytest.mark.parametrize("tell", [ready, paid, closed, refunding, refunded, refund_failed])
async def test_a_telling_about_an_order_that_was_never_created_is_taken(
    unit_of_work: UnitOfWork, new_order: NewOrder, clock: Clock, tell: Telling
) -> None:
    await tell(unit_of_work, new_order, clock)


async def test_an_order_is_created_as_it_was_drawn_up(
    unit_of_work: UnitOfWork, journal: Journal, new_order: NewOrder, clock: Clock
) -> None:
    await create(unit_of_work, new_order, clock)
    order = await journal.order(new_order.order_id)
    assert (order.lines, order.total, order.gid) == (new_order.lines, new_order.total, new_order.gid)
    assert (order.customer_id, order.payment_method) == (new_order.customer_id, new_order.payment_method)
    assert order.created_at == clock.now()


@pytest.mark.parametrize("end", [paid, closed])
async def test_a_customer_has_no_more_unpaid_orders_than_the_limit(
    unit_of_work: UnitOfWork, order_like: Callable[[int], NewOrder], clock: Clock, end: Telling
) -> None:
    await create(unit_of_work, order_like(1), clock)
    await create(unit_of_work, order_like(2), clock)
    await ready(unit_of_work, order_like(2), clock)
    with pytest.raises(Refusal) as refusal:
        await create(unit_of_work, order_like(3), clock)
    assert refusal.value.reason == "TOO_MANY_UNPAID_ORDERS"
    await end(unit_of_work, order_like(1), clock)
    await create(unit_of_work, order_like(3), clock)


# No telling ever takes an order to a lower rank, and none from PAID to CLOSED or back.
RANKS = {
    OrderStatus.CREATED: 0,
    OrderStatus.AWAITING_PAYMENT: 1,
    OrderStatus.PAID: 2,
    OrderStatus.CLOSED: 2,
    OrderStatus.REFUNDING: 3,
    OrderStatus.REFUND_FAILED: 4,
    OrderStatus.REFUNDED: 5,
}


def end_of(tellings: list[Telling]) -> OrderStatus:
    """Where the order must stand, by what it was told: of a refund's end every order of tellings knows the same."""
    if refunded in tellings:
        return OrderStatus.REFUNDED
    if refund_failed in tellings:
        return OrderStatus.REFUND_FAILED
    decisions = [telling for telling in tellings if telling is not ready]
    if not decisions:
        return OrderStatus.AWAITING_PAYMENT if tellings else OrderStatus.CREATED
    if decisions[0] is closed:
        return OrderStatus.CLOSED
    return OrderStatus.REFUNDING if refunding in decisions else OrderStatus.PAID


@pytest.mark.requirement("message.rows-move-forward")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tellings=st.lists(st.sampled_from([ready, paid, closed, refunding, refunded, refund_failed]), max_size=8))
@example(tellings=[closed, paid, refunding, refund_failed, refunded, refund_failed, paid, closed])
def test_an_order_only_moves_forward_whatever_it_is_told_in_whatever_order(
    new_database: Callable[[], Coroutine[Any, Any, MemoryUnitOfWork]],
    new_order: NewOrder,
    clock: Clock,
    tellings: list[Telling],
) -> None:
    async def told() -> list[tuple[OrderStatus, bool]]:
        database = await new_database()
        journal = Journal(Transactions(database, sql_repositories))
        await create(database, new_order, clock)
        seen = [(OrderStatus.CREATED, False)]
        for tell in tellings:
            await tell(database, new_order, clock)
            order = await journal.order(new_order.order_id)
            seen.append((order.status, order.refund_due))
        await database.aclose()
        return seen

    seen = asyncio.run(told())
    for (before, _), (after, refund_due) in itertools.pairwise(seen):
        assert after is before or RANKS[after] > RANKS[before]
        assert not refund_due or after is OrderStatus.CLOSED
    assert seen[-1][0] is end_of(tellings)
