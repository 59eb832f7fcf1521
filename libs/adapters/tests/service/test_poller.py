"""Work that nobody asks for: it goes on after a failure, and ends after its batch."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
import structlog

from accord.adapters.service.life import Life
from accord.adapters.service.poller import Poller
from accord.adapters.settings.base import ServiceSettings


@dataclass
class Batches:
    """Begins batches that end when they are let; the first `failures` of them fail."""

    failures: int = 0
    begun: int = 0
    ended: int = 0
    inside: int = 0
    most_inside: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __call__(self) -> None:
        async with self.changed:
            self.begun += 1
            self.inside += 1
            self.most_inside = max(self.most_inside, self.inside)
            self.changed.notify_all()
        try:
            await self.open.wait()
            if self.begun <= self.failures:
                raise RuntimeError(f"batch {self.begun} failed")
            self.ended += 1
        finally:
            self.inside -= 1

    async def wait_for(self, number: int) -> None:
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(lambda: self.begun >= number)


def poller(batch: Callable[[], Awaitable[object]]) -> Poller:
    made = Poller("test", 0.001, batch)
    made.start()
    return made


async def test_batches_follow_each_other_and_are_never_two_at_once() -> None:
    batches = Batches()
    polling = poller(batches)
    await batches.wait_for(1)
    batches.open.set()
    await batches.wait_for(5)

    assert await polling.stop(5)
    assert batches.most_inside == 1


async def test_a_batch_that_fails_is_logged_and_the_next_one_comes() -> None:
    batches = Batches(failures=2)
    batches.open.set()
    with structlog.testing.capture_logs() as logs:
        polling = poller(batches)
        await batches.wait_for(3)
        assert await polling.stop(5)

    failed = [line for line in logs if line["event"] == "a batch failed"]
    assert [(line["log_level"], line["accord.poller"]) for line in failed] == [("error", "test")] * 2


async def test_a_stop_waits_for_the_batch_under_way_and_begins_no_other() -> None:
    batches = Batches()
    polling = poller(batches)
    await batches.wait_for(1)

    stopping = asyncio.create_task(polling.stop(5))
    done, _ = await asyncio.wait({stopping}, timeout=0.01)
    assert not done
    batches.open.set()

    assert await stopping
    assert (batches.begun, batches.ended) == (1, 1)


async def test_a_batch_that_does_not_end_in_time_is_cut() -> None:
    batches = Batches()
    polling = poller(batches)
    await batches.wait_for(1)

    assert not await polling.stop(0)
    assert (batches.inside, batches.ended) == (0, 0)


async def test_a_cut_ends_a_stop_that_waits() -> None:
    batches = Batches()
    polling = poller(batches)
    await batches.wait_for(1)

    stopping = asyncio.create_task(polling.stop(60))
    polling.cut()

    async with asyncio.timeout(5):
        assert not await stopping


@pytest.mark.parametrize("cut", [False, True])
async def test_a_drain_ends_pollers_and_is_clean_unless_it_cuts_their_batch(cut: bool) -> None:
    settings = ServiceSettings(
        public_listen="127.0.0.1:0", branch_listen="127.0.0.1:0", database="memory://", drain_grace=60
    )
    life, batches = Life("test", settings), Batches()
    life.poll("test", 0.001, batches)
    await batches.wait_for(1)

    draining = asyncio.create_task(life.drain())
    await asyncio.wait({draining}, timeout=0.01)
    assert not draining.done()
    if cut:
        life.cut_short()
    batches.open.set()

    async with asyncio.timeout(5):
        assert await draining is not cut
    assert batches.inside == 0
