"""An inventory database in memory, and in an integration run on MariaDB too, and a moment that stands still."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import pytest

from accord.adapters.settings import schemes
from accord.adapters.sql.check import Database
from accord.adapters.sql.upgrade import upgrade, upgrade_memory
from accord.adapters.sqlite.memory import MemoryUnitOfWork
from accord.ports.money import Money
from accord.services.inventory.domain.item import Price
from accord.services.inventory.domain.reservation import Line
from accord.services.inventory.infrastructure.persistence.migrations import MIGRATIONS


@pytest.fixture
def now() -> datetime:
    return datetime(2030, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


@pytest.fixture
def line() -> Callable[..., Line]:
    def make(sku: str = "TEA", quantity: int = 2, minor: int = 450, currency: str = "EUR", version: int = 1) -> Line:
        return Line(sku, quantity, Price(Money(minor, currency), version))

    return make


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
async def database(
    request: pytest.FixtureRequest, new_database: Callable[[], Coroutine[Any, Any, MemoryUnitOfWork]]
) -> AsyncIterator[Database]:
    made: Database
    if request.param == "memory":
        made = await new_database()
    else:
        # Asked for by name, so that a run without it needs none.
        url = request.getfixturevalue("new_mariadb_url")()
        upgrade(url, MIGRATIONS)
        made = schemes.database(url)
    yield made
    await made.aclose()
