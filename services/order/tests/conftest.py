"""A database of the order service in memory, in an integration run also on MariaDB, and a clock that stands still."""

import asyncio
import dataclasses
import uuid
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from accord.adapters.settings import schemes
from accord.adapters.sql.upgrade import upgrade, upgrade_memory
from accord.adapters.sqlite.memory import MemoryUnitOfWork
from accord.ports.clock import Clock
from accord.ports.money import Money
from accord.ports.unit_of_work import UnitOfWork
from accord.services.order.application.journal import Journal
from accord.services.order.application.transactions import Transactions
from accord.services.order.domain.new_order import NewOrder
from accord.services.order.domain.order import OrderLine, PaymentMethod
from accord.services.order.infrastructure.persistence.migrations import MIGRATIONS
from accord.services.order.infrastructure.persistence.repositories import sql_repositories


class FixedClock:
    def now(self) -> datetime:
        return datetime(2030, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return FixedClock()


@pytest.fixture(scope="session")
def schema() -> str:
    """What the migrations make, as a script, so that each test's database is made in a millisecond."""

    async def dump() -> str:
        database = MemoryUnitOfWork(lambda: 0.0)
        await upgrade_memory(database, MIGRATIONS)
        script = await database.use(lambda connection: "\n".join(connection.iterdump()))
        await database.aclose()
        return script

    return asyncio.run(dump())


@pytest.fixture
def new_database(schema: str) -> Callable[[], Coroutine[Any, Any, MemoryUnitOfWork]]:
    """Makes databases, for tests that need many; they close them."""

    async def new() -> MemoryUnitOfWork:
        database = MemoryUnitOfWork(lambda: 0.0)
        await database.use(lambda connection: connection.executescript(schema))
        return database

    return new


@pytest.fixture(params=["memory", pytest.param("mariadb", marks=pytest.mark.integration)])
async def unit_of_work(
    request: pytest.FixtureRequest, new_database: Callable[[], Coroutine[Any, Any, MemoryUnitOfWork]]
) -> AsyncIterator[UnitOfWork]:
    database: UnitOfWork
    if request.param == "memory":
        database = await new_database()
    else:
        # Asked for by name, so that a run without it needs none.
        url = request.getfixturevalue("new_mariadb_url")()
        upgrade(url, MIGRATIONS)
        database = schemes.database(url)
    yield database
    await database.aclose()


@pytest.fixture
def journal(unit_of_work: UnitOfWork) -> Journal:
    return Journal(Transactions(unit_of_work, sql_repositories))


@pytest.fixture
def new_order() -> NewOrder:
    lines = (OrderLine("TEA", 2, Money(450, "EUR"), 1), OrderLine("CUP", 1, Money(1200, "EUR"), 3))
    return NewOrder(
        order_id="0b5f7c1e-0000-5000-8000-000000000001",
        customer_id="carla",
        lines=lines,
        total=Money(2100, "EUR"),
        payment_method=PaymentMethod.HOSTED,
        payment_id="0b5f7c1e-0000-5000-8000-000000000002",
    )


@pytest.fixture
def order_like(new_order: NewOrder) -> Callable[[int], NewOrder]:
    """Makes orders that differ in nothing but their id."""
    return lambda number: dataclasses.replace(new_order, order_id=str(uuid.UUID(int=number)))
