"""What every Clock and every Ids guarantees."""

from datetime import timedelta
from itertools import pairwise
from uuid import UUID

from accord.adapters.system.clock import SystemClock
from accord.adapters.system.ids import SystemIds
from accord.ports.clock import Clock
from accord.ports.ids import Ids


def test_a_clock_tells_aware_times_in_utc() -> None:
    clock: Clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)


def test_ids_are_version_7_unique_and_sort_in_the_order_in_which_they_were_made() -> None:
    ids: Ids = SystemIds()
    made = [ids.fresh() for _ in range(10_000)]
    assert all(first < second for first, second in pairwise(made))
    assert {UUID(text).version for text in made} == {7}
    assert all(str(UUID(text)) == text for text in made)
