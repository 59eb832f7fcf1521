"""Many orders at once for too few pieces."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import pytest

from accord.ports.money import Money
from accord.ports.unit_of_work import Dialect, Result, SqlSession, UnitOfWork, Value
from accord.services.inventory.application.adjust_stock import adjust_stock
from accord.services.inventory.application.commit_stock import commit_stock
from accord.services.inventory.application.get_stock import get_stock
from accord.services.inventory.application.put_item import put_item
from accord.services.inventory.application.release_stock import release_stock
from accord.services.inventory.application.reserve_stock import reserve_stock
from accord.services.inventory.application.transactions import Transactions
from accord.services.inventory.domain.errors import Refusal
from accord.services.inventory.domain.reservation import Line, reservation
from accord.services.inventory.infrastructure.persistence.repositories import sql_repositories

T = TypeVar("T")


@dataclass
class SlowSession:
    """Lets every other task run before each statement, as a database behind a network does."""

    session: SqlSession

    @property
    def dialect(self) -> Dialect:
        return self.session.dialect

    async def execute(self, sql: str, *values: Value) -> Result:
        await asyncio.sleep(0)
        return await self.session.execute(sql, *values)


@dataclass
class CountedUnitOfWork:
    """Knows the most transactions that were under way together."""

    unit_of_work: UnitOfWork
    inside: int = 0
    most: int = 0

    async def run(self, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            return await self.unit_of_work.run(lambda session: work(SlowSession(session)))
        finally:
            self.inside -= 1

    async def read(self, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        return await self.unit_of_work.read(work)

    async def ping(self) -> None:
        await self.unit_of_work.ping()

    async def aclose(self) -> None:
        await self.unit_of_work.aclose()


@pytest.fixture
async def counted(database: UnitOfWork, now: datetime) -> CountedUnitOfWork:
    """Three cups in the house."""
    transactions = Transactions(database, sql_repositories)
    await transactions.run(lambda rows: put_item("CUP", "Cup", Money(450, "EUR"), rows))
    await transactions.run(lambda rows: adjust_stock("CUP", 3, "first", rows, now))
    return CountedUnitOfWork(database)


@pytest.mark.requirement("stock.never-oversold")
async def test_the_last_pieces_are_promised_once_however_many_orders_want_them(
    counted: CountedUnitOfWork, line: Callable[..., Line], now: datetime
) -> None:
    transactions = Transactions(counted, sql_repositories)

    async def reserve(number: int) -> str:
        wanted = reservation(f"order-{number}", [line("CUP", 1)])
        try:
            await transactions.run(lambda rows: reserve_stock(wanted, rows, now))
        except Refusal as refusal:
            return refusal.reason
        return "OK"

    answers = await asyncio.gather(*(reserve(number) for number in range(10)))
    assert sorted(answers) == ["OK"] * 3 + ["OUT_OF_STOCK"] * 7
    assert (await transactions.read(lambda rows: get_stock("CUP", rows))).reserved == 3
    assert counted.most > 1


@pytest.mark.requirement("stock.first-telling-decides")
async def test_of_a_commit_and_a_release_at_once_only_one_moves_pieces(
    counted: CountedUnitOfWork, line: Callable[..., Line], now: datetime
) -> None:
    transactions = Transactions(counted, sql_repositories)
    await transactions.run(lambda rows: reserve_stock(reservation("o", [line("CUP", 2)]), rows, now))
    await asyncio.gather(
        *(transactions.run(lambda rows: commit_stock("o", rows, now)) for _ in range(3)),
        *(transactions.run(lambda rows: release_stock("o", rows, now)) for _ in range(3)),
    )
    item = await transactions.read(lambda rows: get_stock("CUP", rows))
    assert (item.on_hand, item.reserved) == (1, 0)
    assert counted.most > 1
