"""Placing an order: attempted before sent, sent once, and always answered by how the order stands."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from accord.adapters.dtm import flows
from accord.adapters.dtm.errors import InvalidCommand
from accord.adapters.memory.lock import MemoryLock
from accord.ports.clock import Clock
from accord.ports.errors import DependencyUnavailable
from accord.ports.flow import FrozenFlow, Message, Saga, Tcc
from accord.ports.money import Money
from accord.ports.transactions import NotStored, Outcome, RolledBack, StillRunning, Succeeded
from accord.ports.unit_of_work import SqlSession, UnitOfWork
from accord.services.order.application.commands import AwaitPayment, CreateOrder, FreezeFunds, OpenPayment, ReserveStock
from accord.services.order.application.create_order import create_order
from accord.services.order.application.journal import Journal
from accord.services.order.application.place_order import PlaceOrder
from accord.services.order.domain.attempt import AttemptOutcome
from accord.services.order.domain.errors import IdempotencyKeyReused, InvalidOrder, OrderNotFound, UnknownItem
from accord.services.order.domain.order import OrderStatus, PaymentMethod
from accord.services.order.domain.order_request import LineRequest, OrderRequest
from accord.services.order.domain.price_list import Price
from accord.services.order.infrastructure.client.routes import ROUTES
from accord.services.order.infrastructure.persistence.orders import SqlOrders

T = TypeVar("T")

REQUEST = OrderRequest("carla", "key-1", (LineRequest("TEA", 2), LineRequest("CUP", 1)), PaymentMethod.HOSTED)


class Died(BaseException):
    """The process was killed here."""


@dataclass
class Dying:
    """Crash points of a process that dies at one of them."""

    at: str = ""

    def reach(self, point: str) -> None:
        if point == self.at:
            raise Died


@dataclass
class FakePrices:
    """Prices that rise with every quote."""

    quotes: list[tuple[str, ...]] = field(default_factory=list)
    currency_of_cup: str = "EUR"

    async def quote(self, skus: Sequence[str]) -> Mapping[str, Price]:
        self.quotes.append(tuple(skus))
        if "NOTHING" in skus:
            raise UnknownItem("NOTHING")
        version = len(self.quotes)
        prices = {"TEA": Price(Money(400 + version, "EUR"), version)}
        return prices | {"CUP": Price(Money(1000 + version, self.currency_of_cup), version)}


async def nothing(flow: FrozenFlow) -> None:
    """What the coordinator does in the meantime."""


@dataclass
class FakeTransactions:
    """A coordinator that answers from a script and remembers what it was sent."""

    script: list[Outcome] = field(default_factory=list)
    meanwhile: Callable[[FrozenFlow], Awaitable[None]] = nothing
    flows: list[Saga | Tcc] = field(default_factory=list)
    ran: list[FrozenFlow] = field(default_factory=list)
    resumed: list[FrozenFlow] = field(default_factory=list)

    def freeze(self, flow: Saga | Tcc) -> FrozenFlow:
        self.flows.append(flow)
        return flows.freeze(flow, ROUTES)

    async def run(self, flow: FrozenFlow) -> Outcome:
        self.ran.append(flow)
        await self.meanwhile(flow)
        return self.script.pop(0) if self.script else Succeeded()

    async def resume(self, flow: FrozenFlow) -> Outcome:
        self.resumed.append(flow)
        await self.meanwhile(flow)
        return self.script.pop(0) if self.script else Succeeded()

    async def decide(self, flow: Message, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        raise AssertionError("placing an order decides nothing by messages")

    async def ping(self) -> None:
        """Always there."""

    async def aclose(self) -> None:
        """Nothing to close."""


@dataclass
class Placing:
    """The use case over a database in memory, and its fakes."""

    database: UnitOfWork
    journal: Journal
    clock: Clock
    prices: FakePrices = field(default_factory=FakePrices)
    transactions: FakeTransactions = field(default_factory=FakeTransactions)
    lock: MemoryLock = field(default_factory=lambda: MemoryLock("this test"))
    dying: Dying = field(default_factory=Dying)

    @property
    def place(self) -> PlaceOrder:
        return PlaceOrder(self.prices, self.transactions, self.journal, self.lock, self.clock, self.dying)

    async def create_row(self, flow: FrozenFlow) -> None:
        """What the Create branch does."""
        attempt = await self.journal.attempt(REQUEST)
        assert attempt is not None
        order = attempt.order
        await self.database.run(lambda session: create_order(order, SqlOrders(session), 100, self.clock.now()))

    async def create_and_close_row(self, flow: FrozenFlow) -> None:
        """What the Create branch and its undo do."""
        await self.create_row(flow)
        at = self.clock.now()
        order_id = REQUEST.order_id
        await self.database.run(lambda session: SqlOrders(session).advance(order_id, OrderStatus.CLOSED, at))


@pytest.fixture
def placing(unit_of_work: UnitOfWork, journal: Journal, clock: Clock) -> Placing:
    return Placing(unit_of_work, journal, clock)


async def test_a_hosted_order_is_placed_by_a_saga_of_four_steps_at_the_quoted_prices(placing: Placing) -> None:
    placing.transactions.meanwhile = placing.create_row
    order = await placing.place(REQUEST)
    (flow,) = placing.transactions.flows
    assert isinstance(flow, Saga)
    create, reserve, opening, waiting = flow.steps
    assert (flow.name, flow.gid) == ("place-hosted", f"place-{REQUEST.order_id}")
    assert isinstance(create, CreateOrder)
    assert reserve == ReserveStock(order.order_id, order.lines)
    assert opening == OpenPayment(order.payment_id, order.order_id, "carla", Money(2 * 401 + 1001, "EUR"))
    assert waiting == AwaitPayment(order.order_id)
    assert (order.total, order.status, order.gid) == (opening.amount, OrderStatus.CREATED, flow.gid)


async def test_a_wallet_order_is_placed_by_tcc_so_that_it_is_marked_paid_last(placing: Placing) -> None:
    order = await placing.place(dataclasses.replace(REQUEST, payment_method=PaymentMethod.WALLET))
    (flow,) = placing.transactions.flows
    assert isinstance(flow, Tcc)
    assert [type(command) for command in flow.branches] == [CreateOrder, ReserveStock, FreezeFunds]
    assert flow.branches[2] == FreezeFunds(order.payment_id, order.order_id, "carla", order.total)
    assert ROUTES[CreateOrder].confirm == "MarkPaid"


async def test_the_attempt_is_committed_before_anything_is_sent(placing: Placing) -> None:
    seen: list[FrozenFlow] = []

    async def look(flow: FrozenFlow) -> None:
        attempt = await placing.journal.attempt(REQUEST)
        assert attempt is not None
        seen.append(attempt.flow)

    placing.transactions.meanwhile = look
    await placing.place(REQUEST)
    assert seen == placing.transactions.ran != []


async def test_a_repeat_after_a_crash_sends_the_stored_bytes_and_never_quotes_again(placing: Placing) -> None:
    placing.dying.at = "order.place:after-attempt"
    with pytest.raises(Died):
        await placing.place(REQUEST)
    stored = await placing.journal.attempt(REQUEST)
    assert stored is not None
    placing.dying.at = ""
    await placing.place(REQUEST)
    assert placing.transactions.resumed == [stored.flow]
    assert placing.transactions.ran == []
    assert len(placing.prices.quotes) == len(placing.transactions.flows) == 1


async def test_a_finished_attempt_is_never_sent_again(placing: Placing) -> None:
    placing.transactions.meanwhile = placing.create_row
    first = await placing.place(REQUEST)
    assert await placing.place(REQUEST) == first
    assert len(placing.transactions.ran) == 1
    assert placing.transactions.resumed == []


async def test_a_key_used_for_another_request_is_refused(placing: Placing) -> None:
    await placing.place(REQUEST)
    other = dataclasses.replace(REQUEST, payment_method=PaymentMethod.WALLET)
    with pytest.raises(IdempotencyKeyReused):
        await placing.place(other)
    assert len(placing.transactions.ran) == 1


@pytest.mark.parametrize("key", ["KEY-1", "key-1 ", "key-2"])
async def test_keys_are_compared_byte_by_byte(placing: Placing, key: str) -> None:
    first = await placing.place(REQUEST)
    second = await placing.place(dataclasses.replace(REQUEST, idempotency_key=key))
    assert first.order_id != second.order_id
    assert len(placing.transactions.ran) == 2


async def test_a_refused_order_is_closed_with_the_reason_that_no_undo_is_told(placing: Placing) -> None:
    placing.transactions.script = [RolledBack("OUT_OF_STOCK")]
    placing.transactions.meanwhile = placing.create_and_close_row
    order = await placing.place(REQUEST)
    assert (order.status, order.close_reason) == (OrderStatus.CLOSED, "OUT_OF_STOCK")
    assert await placing.place(REQUEST) == order


async def test_an_order_refused_before_it_had_a_row_is_shown_by_its_attempt(placing: Placing) -> None:
    placing.transactions.script = [RolledBack("TOO_MANY_UNPAID_ORDERS")]
    order = await placing.place(REQUEST)
    assert (order.status, order.close_reason) == (OrderStatus.CLOSED, "TOO_MANY_UNPAID_ORDERS")
    assert order.total == Money(2 * 401 + 1001, "EUR")
    assert [line.sku for line in order.lines] == ["TEA", "CUP"]
    assert await placing.place(REQUEST) == order
    assert len(placing.transactions.ran) == 1


@pytest.mark.parametrize("has_row", [True, False])
async def test_a_reason_that_nobody_knows_is_called_unknown_until_somebody_tells_it(
    placing: Placing, has_row: bool
) -> None:
    placing.transactions.script = [RolledBack("")]
    if has_row:
        placing.transactions.meanwhile = placing.create_and_close_row
    order = await placing.place(REQUEST)
    assert (order.status, order.close_reason) == (OrderStatus.CLOSED, "REASON_UNKNOWN")
    await placing.journal.conclude(order.order_id, AttemptOutcome.ROLLED_BACK, "OUT_OF_STOCK")
    assert (await placing.place(REQUEST)).close_reason == "OUT_OF_STOCK"


async def test_a_reason_once_written_stays(placing: Placing) -> None:
    placing.transactions.script = [RolledBack("OUT_OF_STOCK")]
    placing.transactions.meanwhile = placing.create_and_close_row
    order = await placing.place(REQUEST)
    await placing.journal.conclude(order.order_id, AttemptOutcome.ROLLED_BACK, "a later word")
    attempt = await placing.journal.attempt(REQUEST)
    assert attempt is not None
    assert attempt.reason == (await placing.place(REQUEST)).close_reason == "OUT_OF_STOCK"


async def test_a_crash_before_the_outcome_is_written_is_mended_by_a_repeat(placing: Placing) -> None:
    async def die(flow: FrozenFlow) -> None:
        await placing.create_and_close_row(flow)
        raise Died

    placing.transactions.meanwhile = die
    with pytest.raises(Died):
        await placing.place(REQUEST)
    placing.transactions.meanwhile = nothing
    placing.transactions.script = [RolledBack("PRICE_CHANGED")]
    assert (await placing.place(REQUEST)).close_reason == "PRICE_CHANGED"


async def test_a_transaction_that_still_runs_is_shown_as_it_stands_and_resumed_by_a_repeat(placing: Placing) -> None:
    placing.transactions.script = [StillRunning("a branch does not answer"), Succeeded()]
    assert (await placing.place(REQUEST)).status is OrderStatus.CREATED
    await placing.place(REQUEST)
    assert placing.transactions.resumed == placing.transactions.ran


async def test_a_transaction_that_was_not_stored_is_unavailable_and_the_same_bytes_go_out_again(
    placing: Placing,
) -> None:
    placing.transactions.script = [NotStored("the coordinator is down"), Succeeded()]
    with pytest.raises(DependencyUnavailable, match="coordinator"):
        await placing.place(REQUEST)
    await placing.place(REQUEST)
    assert placing.transactions.resumed == placing.transactions.ran
    assert len(placing.prices.quotes) == 1


async def test_repeats_during_the_first_run_wait_for_it_and_send_nothing(placing: Placing) -> None:
    running, go_on = asyncio.Event(), asyncio.Event()

    async def slow(flow: FrozenFlow) -> None:
        running.set()
        await go_on.wait()
        await placing.create_row(flow)

    placing.transactions.meanwhile = slow
    first = asyncio.create_task(placing.place(REQUEST))
    await running.wait()
    repeats = [asyncio.create_task(placing.place(REQUEST)) for _ in range(5)]
    for _ in range(10):
        await asyncio.sleep(0)
    assert not any(task.done() for task in (first, *repeats))
    go_on.set()
    orders = await asyncio.gather(first, *repeats)
    assert len(set(orders)) == 1
    assert (len(placing.transactions.ran), placing.transactions.resumed) == (1, [])


async def test_without_the_lock_the_attempt_row_lets_only_one_be_first(placing: Placing) -> None:
    await placing.lock.aclose()
    both = asyncio.Barrier(2)
    quote = placing.prices.quote

    class Slow(FakePrices):
        async def quote(self, skus: Sequence[str]) -> Mapping[str, Price]:
            await both.wait()
            return await quote(skus)

    async def meet(flow: FrozenFlow) -> None:
        await both.wait()

    placing.prices = Slow()
    placing.transactions.meanwhile = meet
    one, other = await asyncio.gather(placing.place(REQUEST), placing.place(REQUEST))
    assert one == other
    assert placing.transactions.ran == placing.transactions.resumed
    assert len(placing.transactions.ran) == 1


async def test_a_seen_price_is_not_quoted(placing: Placing) -> None:
    seen = Price(Money(5, "EUR"), 7)
    lines = (LineRequest("TEA", 1, seen), LineRequest("CUP", 1))
    await placing.place(dataclasses.replace(REQUEST, lines=lines))
    assert placing.prices.quotes == [("CUP",)]
    await placing.place(dataclasses.replace(REQUEST, lines=lines[:1], idempotency_key="key-2"))
    assert placing.prices.quotes == [("CUP",)]


@pytest.mark.parametrize(
    ("lines", "currency", "error"),
    [
        ((LineRequest("NOTHING", 1),), "EUR", UnknownItem),
        (REQUEST.lines, "USD", InvalidOrder),
        ((LineRequest("TEA", 1, Price(Money(10**12 + 1, "EUR"), 1)),), "EUR", InvalidOrder),
        ((LineRequest("not an sku", 1, Price(Money(1, "EUR"), 1)),), "EUR", InvalidCommand),
    ],
)
async def test_what_can_never_be_placed_is_refused_before_anything_is_stored_or_sent(
    placing: Placing, lines: tuple[LineRequest, ...], currency: str, error: type[Exception]
) -> None:
    placing.prices.currency_of_cup = currency
    with pytest.raises(error):
        await placing.place(dataclasses.replace(REQUEST, lines=lines))
    assert await placing.journal.attempt(REQUEST) is None
    assert placing.transactions.ran == []
    with pytest.raises(OrderNotFound):
        await placing.journal.order(REQUEST.order_id)
