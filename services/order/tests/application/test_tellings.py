"""The steps of the order: whatever order they come in, it only moves forward, and none but Create says no."""

import dataclasses
import itertools
from collections.abc import Awaitable, Callable

import pytest

from accord.ports.clock import Clock
from accord.ports.unit_of_work import SqlSession, UnitOfWork
from accord.services.order.application.await_payment import await_payment
from accord.services.order.application.close_order import close_order
from accord.services.order.application.create_order import create_order
from accord.services.order.application.journal import Journal
from accord.services.order.application.mark_paid import mark_paid
from accord.services.order.domain.errors import Refusal
from accord.services.order.domain.new_order import NewOrder
from accord.services.order.domain.order import OrderStatus
from accord.services.order.domain.repositories import OrderRepository
from accord.services.order.infrastructure.persistence.orders import SqlOrders

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
@pytest.mark.parametrize("tell", [ready, paid, closed])
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


@pytest.mark.requirement("message.rows-move-forward")
async def test_a_final_status_is_never_left(
    unit_of_work: UnitOfWork, journal: Journal, order_like: Callable[[int], NewOrder], clock: Clock
) -> None:
    finals = 0
    for number, tellings in enumerate(itertools.product([ready, paid, closed], repeat=3)):
        new = order_like(number)
        await create(unit_of_work, dataclasses.replace(new, customer_id=f"customer-{number}"), clock)
        final: OrderStatus | None = None
        for tell in tellings:
            await tell(unit_of_work, new, clock)
            status = (await journal.order(new.order_id)).status
            assert final in {None, status}
            final = status if status.final else None
        finals += final is not None
    assert finals == 26  # only three times `ready` leaves the order open
