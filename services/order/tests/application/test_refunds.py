"""Cancelling and refunding an order: payment decides, the order's row follows."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import pytest

from accord.adapters.sqlite.memory import MemoryUnitOfWork
from accord.ports.clock import Clock
from accord.ports.errors import DependencyUnavailable
from accord.ports.unit_of_work import UnitOfWork
from accord.services.order.application.cancel_order import CancelOrder
from accord.services.order.application.create_order import create_order
from accord.services.order.application.follow import Follow
from accord.services.order.application.journal import Journal
from accord.services.order.application.mark_paid import mark_paid
from accord.services.order.application.refund_order import RefundOrder
from accord.services.order.application.request_refunds import RequestRefunds
from accord.services.order.application.transactions import Transactions
from accord.services.order.domain.errors import AlreadyPaid, NotPaid, OrderNotFound
from accord.services.order.domain.new_order import NewOrder
from accord.services.order.domain.order import Order, OrderStatus
from accord.services.order.infrastructure.persistence.orders import SqlOrders
from accord.services.order.infrastructure.persistence.repositories import sql_repositories
from dtm_client.testing import virtual_time

ACTIONS = pytest.mark.parametrize(
    ("use_case", "asked", "start", "end"),
    [
        (CancelOrder, "cancel", OrderStatus.AWAITING_PAYMENT, OrderStatus.CLOSED),
        (RefundOrder, "refund", OrderStatus.PAID, OrderStatus.REFUNDING),
        (RefundOrder, "refund", OrderStatus.AWAITING_PAYMENT, OrderStatus.REFUNDED),
    ],
)


@pytest.fixture
async def unit_of_work(
    new_database: Callable[[], Coroutine[Any, Any, MemoryUnitOfWork]],
) -> AsyncIterator[UnitOfWork]:
    """In memory alone: what is waited for here is measured on loops that a real server's connections cannot follow."""
    database = await new_database()
    yield database
    await database.aclose()


async def nothing() -> None:
    """The tellings are still under way."""


@dataclass
class FakeDesk:
    """A payment service that answers from a script, and else does something meanwhile."""

    script: list[Exception | None] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[object]] = nothing
    asked: list[tuple[str, str]] = field(default_factory=list)

    async def cancel(self, payment_id: str) -> None:
        await self._answer("cancel", payment_id)

    async def refund(self, payment_id: str) -> None:
        await self._answer("refund", payment_id)

    async def _answer(self, what: str, payment_id: str) -> None:
        self.asked.append((what, payment_id))
        error = self.script.pop(0) if self.script else None
        if error is not None:
            raise error
        await self.meanwhile()


async def place(database: UnitOfWork, new: NewOrder, clock: Clock, *moves: OrderStatus) -> None:
    await database.run(lambda session: create_order(new, SqlOrders(session), 100, clock.now()))
    for to in moves:
        await move(database, new.order_id, to, clock)


async def move(database: UnitOfWork, order_id: str, to: OrderStatus, clock: Clock) -> None:
    assert await database.run(lambda session: SqlOrders(session).advance(order_id, to, clock.now()))


async def tell_paid(database: UnitOfWork, new: NewOrder, clock: Clock) -> None:
    await database.run(lambda session: mark_paid(new.order_id, SqlOrders(session), clock.now()))


@ACTIONS
async def test_the_answer_is_the_order_as_soon_as_it_was_told(
    unit_of_work: UnitOfWork,
    journal: Journal,
    new_order: NewOrder,
    clock: Clock,
    use_case: Any,
    asked: str,
    start: OrderStatus,
    end: OrderStatus,
) -> None:
    await place(unit_of_work, new_order, clock, start)
    desk = FakeDesk()
    asking = asyncio.ensure_future(use_case(journal, desk, Follow(journal, 0.0))(new_order.order_id))
    for _ in range(50):
        await asyncio.sleep(0)
    assert desk.asked == [(asked, new_order.payment_id)]
    assert not asking.done()  # payment has answered, and the order was not told yet
    await move(unit_of_work, new_order.order_id, end, clock)
    assert (await asking).status is end
    # A repeat asks payment again, which knows, and waits for nothing.
    assert (await use_case(journal, desk, Follow(journal, 0.0))(new_order.order_id)).status is end
    assert desk.asked == [(asked, new_order.payment_id)] * 2


@ACTIONS
def test_an_order_that_is_told_late_is_shown_as_it_is(
    new_database: Callable[[], Coroutine[Any, Any, MemoryUnitOfWork]],
    new_order: NewOrder,
    clock: Clock,
    use_case: Any,
    asked: str,
    start: OrderStatus,
    end: OrderStatus,
) -> None:
    async def ask() -> Order:
        database = await new_database()
        journal = Journal(Transactions(database, sql_repositories))
        await place(database, new_order, clock, start)
        order: Order = await use_case(journal, FakeDesk(), Follow(journal, 0.02))(new_order.order_id)
        assert asyncio.get_running_loop().time() == pytest.approx(3.0, abs=0.1)
        await database.aclose()
        return order

    assert virtual_time.run(ask()).status is start


@pytest.mark.parametrize("use_case", [CancelOrder, RefundOrder])
@pytest.mark.parametrize("error", [AlreadyPaid("it is paid"), DependencyUnavailable("payment", "gone")])
async def test_what_payment_refuses_or_does_not_hear_leaves_the_order_as_it_was(
    unit_of_work: UnitOfWork, journal: Journal, new_order: NewOrder, clock: Clock, use_case: Any, error: Exception
) -> None:
    await place(unit_of_work, new_order, clock)
    before = await journal.order(new_order.order_id)
    with pytest.raises(type(error)):
        await use_case(journal, FakeDesk([error]), Follow(journal, 0.0))(new_order.order_id)
    assert await journal.order(new_order.order_id) == before


@pytest.mark.parametrize("use_case", [CancelOrder, RefundOrder])
async def test_of_an_order_that_nobody_placed_payment_is_not_asked(journal: Journal, use_case: Any) -> None:
    desk = FakeDesk()
    with pytest.raises(OrderNotFound):
        await use_case(journal, desk, Follow(journal, 0.0))("0b5f7c1e-0000-5000-8000-00000000000f")
    assert desk.asked == []


@pytest.fixture
async def due(unit_of_work: UnitOfWork, order_like: Callable[[int], NewOrder], clock: Clock) -> list[NewOrder]:
    """Three orders that were closed, of which two were told to be paid."""
    orders = [order_like(number) for number in range(3)]
    for new in orders:
        await place(unit_of_work, new, clock, OrderStatus.CLOSED)
    for new in orders[:2]:
        await tell_paid(unit_of_work, new, clock)
    return orders[:2]


async def test_a_refund_that_is_due_is_asked_for_until_payment_has_answered(
    journal: Journal, due: list[NewOrder]
) -> None:
    down = DependencyUnavailable("payment", "gone")
    desk = FakeDesk([down, None, down])
    request_refunds = RequestRefunds(journal, desk)
    for asked, left in [(1, 2), (3, 1), (4, 0), (4, 0)]:
        await request_refunds()
        assert (len(desk.asked), len(await journal.refunds_due(10))) == (asked, left)
    assert set(desk.asked) == {("refund", new.payment_id) for new in due}


async def test_a_refusal_is_an_answer_and_is_logged_as_an_error(
    journal: Journal, due: list[NewOrder], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        await RequestRefunds(journal, FakeDesk([NotPaid("nobody paid"), NotPaid("nobody paid")]))()
    assert await journal.refunds_due(10) == []
    assert len([record for record in caplog.records if "nobody paid" in record.getMessage()]) == 2


async def test_an_order_that_is_told_again_is_asked_for_again(
    unit_of_work: UnitOfWork, journal: Journal, due: list[NewOrder], clock: Clock
) -> None:
    await RequestRefunds(journal, FakeDesk())()
    await tell_paid(unit_of_work, due[0], clock)
    assert [order.order_id for order in await journal.refunds_due(10)] == [due[0].order_id]


async def test_a_refund_that_was_told_is_not_due_any_more(
    unit_of_work: UnitOfWork, journal: Journal, due: list[NewOrder], clock: Clock
) -> None:
    await move(unit_of_work, due[0].order_id, OrderStatus.REFUNDED, clock)
    assert [order.order_id for order in await journal.refunds_due(10)] == [due[1].order_id]


async def test_a_round_takes_no_more_than_its_batch(journal: Journal, due: list[NewOrder]) -> None:
    assert len(await journal.refunds_due(1)) == 1
