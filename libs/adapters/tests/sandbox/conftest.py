"""A provider in process, and a shop that records what it is told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from accord.adapters.sandbox.client import SandboxProvider
from accord.adapters.sandbox.server.book import Book
from accord.adapters.sandbox.server.customer import Customer
from accord.adapters.sandbox.server.delivery import Deliveries
from accord.adapters.sandbox.server.routes import Routes

KEY = b"the provider's key"


@dataclass
class CountingIds:
    made: int = 0

    def fresh(self) -> str:
        self.made += 1
        return f"00000000-0000-7000-8000-{self.made:012d}"


class FixedClock:
    def now(self) -> datetime:
        return datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass
class Shop:
    """Answers callbacks with the scripted statuses, then 200; `at_once` is the most that were in flight together."""

    statuses: list[int] = field(default_factory=list)
    callbacks: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    hold: int = 1
    at_once: int = 0
    _inside: int = 0
    _everybody: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        self.callbacks.append((dict(request.headers), await request.read()))
        self._inside += 1
        self.at_once = max(self.at_once, self._inside)
        if self._inside >= self.hold:
            self._everybody.set()
        await self._everybody.wait()
        self._inside -= 1
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


async def listen(application: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, "http://{}:{}".format(*runner.addresses[0][:2])


@dataclass(frozen=True)
class Sandbox:
    client: SandboxProvider
    url: str
    book: Book


@pytest.fixture
def ids() -> CountingIds:
    return CountingIds()


@pytest.fixture
async def shop() -> Shop:
    return Shop()


@pytest.fixture
async def sandbox(tmp_path: Path, shop: Shop, ids: CountingIds) -> AsyncIterator[Sandbox]:
    application = web.Application()
    application.router.add_post("/callbacks", shop.take)
    shop_runner, shop_url = await listen(application)
    book = Book(str(tmp_path / "book.db"), ids)
    deliveries = Deliveries(f"{shop_url}/callbacks", KEY, FixedClock())
    customer = Customer(book, deliveries, ids)
    runner, url = await listen(Routes(book, customer).application())
    async with SandboxProvider(url) as client:
        yield Sandbox(client, url, book)
    await customer.aclose()
    await deliveries.aclose()
    await runner.cleanup()
    await shop_runner.cleanup()
    book.close()
