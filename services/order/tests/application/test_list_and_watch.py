"""Listing and watching orders."""

import asyncio
import dataclasses
from collections.abc import Callable
from datetime import timedelta

import pytest

from accord.ports.clock import Clock
from accord.ports.unit_of_work import UnitOfWork
from accord.services.order.application.create_order import create_order
from accord.services.order.application.journal import Journal
from accord.services.order.application.list_orders import OrderPage, list_orders
from accord.services.order.application.watch_order import WatchOrder
from accord.services.order.domain.errors import OrderNotFound
from accord.services.order.domain.new_order import NewOrder
from accord.services.order.domain.order import OrderStatus
from accord.services.order.domain.repositories import Position
from accord.services.order.infrastructure.persistence.orders import SqlOrders


async def add(unit_of_work: UnitOfWork, new: NewOrder, clock: Clock, age: int = 0) -> None:
    at = clock.now() - timedelta(seconds=age)
    await unit_of_work.run(lambda session: create_order(new, SqlOrders(session), 1000, at))


async def page_of(
    journal: Journal,
    size: int,
    customer: str = "",
    status: OrderStatus | None = None,
    behind: Position | None = None,
) -> OrderPage:
    return await journal.database.read(lambda rows: list_orders(customer, status, behind, size, rows))


async def move(unit_of_work: UnitOfWork, order_id: str, to: OrderStatus, clock: Clock) -> None:
    await unit_of_work.run(lambda session: SqlOrders(session).advance(order_id, to, clock.now()))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
async def test_pages_hold_every_order_once_newest_first_also_those_of_one_moment(
    unit_of_work: UnitOfWork,
    journal: Journal,
    order_like: Callable[[int], NewOrder],
    clock: Clock,
    size: int,
) -> None:
    for number in range(7):
        await add(unit_of_work, order_like(number), clock, age=number // 3)
    page = await page_of(journal, size)
    found = list(page.orders)
    while page.behind is not None:
        assert len(page.orders) == size
        # An order that comes meanwhile is newer than every page still to come.
        page = await page_of(journal, size, behind=page.behind)
        found += page.orders
    keys = [(order.created_at, order.order_id) for order in found]
    assert keys == sorted(keys, reverse=True)
    assert len(set(keys)) == 7
    assert all(len(order.lines) == 2 for order in found)


async def test_a_list_can_be_of_one_customer_and_of_one_status(
    unit_of_work: UnitOfWork, journal: Journal, order_like: Callable[[int], NewOrder], clock: Clock
) -> None:
    await add(unit_of_work, order_like(1), clock)
    await add(unit_of_work, order_like(2), clock)
    await add(unit_of_work, dataclasses.replace(order_like(3), customer_id="dora"), clock)
    await move(unit_of_work, order_like(2).order_id, OrderStatus.PAID, clock)

    async def ids(customer: str, status: OrderStatus | None) -> set[str]:
        return {order.order_id for order in (await page_of(journal, 10, customer, status)).orders}

    one, two, three = (order_like(number).order_id for number in (1, 2, 3))
    assert await ids("carla", None) == {one, two}
    assert await ids("", OrderStatus.CREATED) == {one, three}
    assert await ids("carla", OrderStatus.PAID) == {two}
    assert await ids("nobody", None) == set()


async def test_a_watcher_sees_the_order_at_once_then_each_change_until_the_last(
    unit_of_work: UnitOfWork, journal: Journal, new_order: NewOrder, clock: Clock
) -> None:
    await add(unit_of_work, new_order, clock)
    watching = WatchOrder(journal, 0.0)(new_order.order_id)
    seen = [await anext(watching)]
    for status in (OrderStatus.AWAITING_PAYMENT, OrderStatus.PAID):
        waiting = asyncio.ensure_future(anext(watching))
        for _ in range(50):
            await asyncio.sleep(0)
        assert not waiting.done()  # nothing changed yet
        await move(unit_of_work, new_order.order_id, status, clock)
        seen.append(await waiting)
    assert [order.status for order in seen] == ["CREATED", "AWAITING_PAYMENT", "PAID"]
    with pytest.raises(StopAsyncIteration):
        await anext(watching)


async def test_a_watch_that_begins_while_the_money_is_on_its_way_back_ends_with_the_refund(
    unit_of_work: UnitOfWork, journal: Journal, new_order: NewOrder, clock: Clock
) -> None:
    await add(unit_of_work, new_order, clock)
    await move(unit_of_work, new_order.order_id, OrderStatus.REFUNDING, clock)
    watching = WatchOrder(journal, 0.0)(new_order.order_id)
    assert (await anext(watching)).status is OrderStatus.REFUNDING
    await move(unit_of_work, new_order.order_id, OrderStatus.REFUND_FAILED, clock)
    assert (await anext(watching)).status is OrderStatus.REFUND_FAILED
    with pytest.raises(StopAsyncIteration):
        await anext(watching)


async def test_an_order_that_nobody_placed_cannot_be_watched(journal: Journal) -> None:
    with pytest.raises(OrderNotFound):
        await anext(WatchOrder(journal, 0.0)("0b5f7c1e-0000-5000-8000-00000000000f"))
