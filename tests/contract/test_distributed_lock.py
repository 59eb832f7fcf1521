"""What every DistributedLock guarantees."""

import asyncio

import pytest

from accord.ports.errors import DependencyUnavailable, LockNotAcquired
from accord.ports.lock import DistributedLock


@pytest.mark.requirement("lock.exclusive")
async def test_a_held_lock_is_not_given_to_a_second(lock: DistributedLock) -> None:
    hold = await lock.try_acquire("a")
    assert hold is not None
    assert await lock.try_acquire("a") is None
    await hold.release()
    assert await lock.try_acquire("a") is not None


@pytest.mark.requirement("lock.exclusive")
async def test_locks_of_other_names_are_free(lock: DistributedLock) -> None:
    assert await lock.try_acquire("a") is not None
    assert await lock.try_acquire("b") is not None


@pytest.mark.requirement("lock.fair")
async def test_waiters_get_it_in_the_order_in_which_they_came(lock: DistributedLock) -> None:
    served: list[int] = []
    holders = most = 0

    async def contender(number: int) -> None:
        nonlocal holders, most
        hold = await lock.acquire("a", within=5)
        holders += 1
        most = max(most, holders)
        served.append(number)
        await asyncio.sleep(0)
        holders -= 1
        await hold.release()

    first = await lock.acquire("a", within=5)
    tasks = []
    for number in range(10):
        tasks.append(asyncio.create_task(contender(number)))
        await asyncio.sleep(0)
    assert not any(task.done() for task in tasks)
    await first.release()
    await asyncio.gather(*tasks)
    assert served == list(range(10))
    assert most == 1


@pytest.mark.requirement("lock.tokens-grow")
async def test_tokens_of_one_name_grow_within_one_source(lock: DistributedLock) -> None:
    tokens = []
    for _ in range(5):
        hold = await lock.acquire("a", within=5)
        tokens.append(hold.token)
        await hold.release()
    assert len({token.source for token in tokens}) == 1
    values = [token.value for token in tokens]
    assert values == sorted(set(values))


@pytest.mark.requirement("lock.wait-is-bounded")
async def test_waiting_ends_at_the_deadline_and_leaves_no_trace(lock: DistributedLock) -> None:
    hold = await lock.acquire("a", within=5)
    with pytest.raises(LockNotAcquired, match="a"):
        await lock.acquire("a", within=0.01)
    await hold.release()
    assert await lock.try_acquire("a") is not None


@pytest.mark.requirement("lock.wait-is-bounded")
async def test_a_cancelled_wait_leaves_no_trace(lock: DistributedLock) -> None:
    hold = await lock.acquire("a", within=5)
    waiting = asyncio.create_task(lock.acquire("a", within=5))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await hold.release()
    assert await lock.try_acquire("a") is not None


@pytest.mark.requirement("lock.wait-is-bounded")
async def test_a_wait_that_is_cancelled_as_its_turn_comes_leaves_no_trace(lock: DistributedLock) -> None:
    hold = await lock.acquire("a", within=5)
    waiting = asyncio.create_task(lock.acquire("a", within=5))
    await asyncio.sleep(0)
    await hold.release()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await lock.acquire("a", within=5) is not None


@pytest.mark.requirement("lock.release-is-ones-own")
async def test_a_second_release_does_not_free_the_next_holder(lock: DistributedLock) -> None:
    first = await lock.acquire("a", within=5)
    await first.release()
    second = await lock.acquire("a", within=5)
    await first.release()
    assert await lock.try_acquire("a") is None
    assert not first.lost.is_set()
    assert not second.lost.is_set()


async def test_closing_lets_go_of_everything_and_refuses_from_then_on(lock: DistributedLock) -> None:
    hold = await lock.acquire("a", within=5)
    waiting = asyncio.create_task(lock.acquire("a", within=5))
    await asyncio.sleep(0)
    await lock.aclose()
    with pytest.raises(DependencyUnavailable):
        await waiting
    await hold.release()
    with pytest.raises(DependencyUnavailable):
        await lock.try_acquire("a")
    with pytest.raises(DependencyUnavailable):
        await lock.ping()


async def test_ping_answers_while_the_service_does(lock: DistributedLock) -> None:
    await lock.ping()
