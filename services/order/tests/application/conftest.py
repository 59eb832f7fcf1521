"""Placing orders over a database in memory, with fakes of everything around."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar

import pytest

from accord.adapters.dtm import flows
from accord.adapters.memory.lock import MemoryLock
from accord.ports.clock import Clock
from accord.ports.flow import FrozenFlow, Message, Saga, Tcc
from accord.ports.money import Money
from accord.ports.transactions import Outcome, Succeeded
from accord.ports.unit_of_work import SqlSession, UnitOfWork
from accord.services.order.application.create_order import create_order
from accord.services.order.application.journal import Journal
from accord.services.order.application.place_order import PlaceOrder
from accord.services.order.domain.errors import UnknownItem
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


async def at_once() -> None:
    """Quote without waiting for anything."""


@dataclass
class FakePrices:
    """Prices that rise with every quote, unless they are steady."""

    quotes: list[tuple[str, ...]] = field(default_factory=list)
    currency_of_cup: str = "EUR"
    steady: bool = False
    meanwhile: Callable[[], Awaitable[object]] = at_once

    async def quote(self, skus: Sequence[str]) -> Mapping[str, Price]:
        await self.meanwhile()
        self.quotes.append(tuple(skus))
        if "NOTHING" in skus:
            raise UnknownItem("NOTHING")
        version = 1 if self.steady else len(self.quotes)
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

    Died: ClassVar = Died
    request: ClassVar = REQUEST

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
