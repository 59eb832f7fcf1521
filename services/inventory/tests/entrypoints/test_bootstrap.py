import pytest

from accord.adapters.service.life import started
from accord.adapters.settings.errors import BadConfiguration
from accord.services.inventory.bootstrap import KNOWN_POINTS, bootstrap
from accord.services.inventory.config import InventorySettings


def test_every_branch_operation_can_be_killed_before_and_after_its_commit() -> None:
    names = ("reserve", "commit", "release")
    points = ("before-commit", "after-commit")
    assert set(KNOWN_POINTS) == {f"inventory.{name}:{point}" for name in names for point in points}


async def test_a_crash_point_that_does_not_exist_stops_the_start() -> None:
    settings = InventorySettings(database="memory://", crash_at="inventory.reserve:during-commit")
    with pytest.raises(BadConfiguration, match=r"ACCORD_CRASH_AT.*inventory\.reserve:after-commit"):
        async with started("inventory", settings, bootstrap):
            pytest.fail("it started")
