import asyncio
from collections.abc import Callable

import pytest

from dtm_client.coordinator.schedule import Schedule
from dtm_client.testing import virtual_time

START = 1_000.0
Rings = list[tuple[str, float, float]]
RingsOf = Callable[[Callable[[Schedule], None]], Rings]


@pytest.fixture
def rings_of() -> RingsOf:
    """Let a schedule ring for 100 seconds of virtual time: who was woken, for which time, and when."""

    def run(arrange: Callable[[Schedule], None]) -> Rings:
        async def main() -> Rings:
            loop = asyncio.get_running_loop()
            rung: Rings = []
            schedule = Schedule(
                lambda gid, at: rung.append((gid, at, round(loop.time(), 6))), lambda: START + loop.time()
            )
            arrange(schedule)
            await asyncio.sleep(100)
            return rung

        return virtual_time.run(main())

    return run


def test_everybody_is_woken_at_their_own_time(rings_of: RingsOf) -> None:
    def arrange(schedule: Schedule) -> None:
        schedule.set("late", START + 7)
        schedule.set("early", START + 2)

    assert rings_of(arrange) == [("early", START + 2, 2.0), ("late", START + 7, 7.0)]


def test_what_is_overdue_is_woken_at_once(rings_of: RingsOf) -> None:
    assert [rung[::2] for rung in rings_of(lambda schedule: schedule.set("old", START - 50))] == [("old", 0.0)]


def test_a_new_time_replaces_the_old_one(rings_of: RingsOf) -> None:
    def arrange(schedule: Schedule) -> None:
        schedule.set("one", START + 2)
        schedule.set("one", START + 5)

    assert rings_of(arrange) == [("one", START + 5, 5.0)]


def test_no_time_means_no_ring(rings_of: RingsOf) -> None:
    def arrange(schedule: Schedule) -> None:
        schedule.set("one", START + 2)
        schedule.set("two", START + 3)
        schedule.set("one", None)
        schedule.set("three", None)

    assert rings_of(arrange) == [("two", START + 3, 3.0)]


def test_a_cleared_schedule_wakes_nobody(rings_of: RingsOf) -> None:
    def arrange(schedule: Schedule) -> None:
        schedule.set("one", START + 2)
        schedule.clear()

    assert rings_of(arrange) == []
