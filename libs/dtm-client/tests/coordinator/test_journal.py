"""Group commit, in virtual time."""

import asyncio
from dataclasses import replace

import pytest

from dtm_client.coordinator.intake import read_transaction
from dtm_client.coordinator.journal import Journal
from dtm_client.coordinator.machine.transaction import Transaction
from dtm_client.testing import virtual_time
from dtm_client.testing.simulation.requests import Requests
from dtm_client.testing.simulation.world import RecordingStore


@pytest.fixture
def one(ask: Requests) -> Transaction:
    return read_transaction(ask.tcc("one"), 0.0)


def test_alone_a_flush_comes_at_once(store: RecordingStore, one: Transaction) -> None:
    async def main() -> float:
        journal = Journal(store, lambda: False)
        journal.note(one)
        await journal.settled()
        return asyncio.get_running_loop().time()

    assert virtual_time.run(main()) == 0.0
    assert store.flushes == [[("one", "prepared")]]


def test_in_a_crowd_a_flush_takes_those_along_who_come_a_moment_later(store: RecordingStore, one: Transaction) -> None:
    async def ask_later(journal: Journal) -> None:
        await asyncio.sleep(0.0005)
        journal.note(replace(one, gid="two"))
        await journal.settled()

    async def main() -> None:
        journal = Journal(store, lambda: True)
        journal.note(one)
        await asyncio.gather(journal.settled(), ask_later(journal))

    virtual_time.run(main())
    assert store.flushes == [[("one", "prepared"), ("two", "prepared")]]


def test_of_one_transaction_the_newest_state_is_written(store: RecordingStore, one: Transaction) -> None:
    async def main() -> None:
        journal = Journal(store, lambda: False)
        journal.note(one)
        journal.note(replace(one, reason="newer"))
        await journal.settled()

    virtual_time.run(main())
    assert (len(store.flushes[0]), store.saved("one").reason) == (1, "newer")


def test_what_nobody_waits_for_is_written_in_a_moment_all_the_same(store: RecordingStore, one: Transaction) -> None:
    async def main() -> None:
        Journal(store, lambda: False).note(one)
        await asyncio.sleep(0.1)

    virtual_time.run(main())
    assert store.find("one") == one


def test_with_nothing_outstanding_nothing_is_flushed(store: RecordingStore) -> None:
    async def main() -> None:
        await Journal(store, lambda: True).settled()

    virtual_time.run(main())
    assert store.flushes == []


def test_after_a_failed_flush_nothing_is_performed_or_written(store: RecordingStore, one: Transaction) -> None:
    performed: list[str] = []

    async def main() -> type[BaseException | None]:
        journal = Journal(store, lambda: False)
        store.broken = True
        journal.note(one)
        journal.after_flush(lambda: performed.append("first"))
        await asyncio.wait({journal.failed})
        store.broken = False
        journal.note(one)
        journal.after_flush(lambda: performed.append("second"))
        await asyncio.sleep(1)
        return type(journal.failed.exception())

    assert virtual_time.run(main()) is OSError
    assert (performed, store.flushes) == ([], [])
