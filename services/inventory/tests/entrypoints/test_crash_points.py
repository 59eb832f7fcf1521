"""The places where this service can be killed."""

from dataclasses import dataclass, field
from datetime import datetime

import pytest

from accord.adapters.dtm.branches import Branches
from accord.adapters.service.life import started
from accord.adapters.settings.errors import BadConfiguration
from accord.inventory.v1.inventory_branch_pb2 import StockBranchRequest
from accord.ports.unit_of_work import UnitOfWork
from accord.services.inventory.bootstrap import KNOWN_POINTS, bootstrap
from accord.services.inventory.config import InventorySettings
from accord.services.inventory.domain.errors import Refusal
from accord.services.inventory.entrypoints.branch import BranchServicer
from accord.services.inventory.infrastructure.persistence.repositories import sql_repositories
from dtm_client.branch.context import BranchContext, entered
from dtm_client.errors import BranchRefused
from dtm_client.values.status import Mode, Operation


@dataclass
class PassedPoints:
    """Remembers the crash points in the order in which they were passed."""

    passed: list[str] = field(default_factory=list)

    def reach(self, point: str) -> None:
        self.passed.append(point)


@dataclass(frozen=True)
class FixedClock:
    moment: datetime

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def points() -> PassedPoints:
    return PassedPoints()


@pytest.fixture
def servicer(database: UnitOfWork, points: PassedPoints, now: datetime) -> BranchServicer:
    return BranchServicer(Branches(database, points, "inventory", Refusal), sql_repositories, FixedClock(now))


def told() -> BranchContext:
    return BranchContext("g", Mode.MESSAGE, "01", Operation.ACTION, manager="", time_remaining=None)


@pytest.mark.parametrize("method", ["Commit", "Release", "Restock"])
async def test_each_telling_passes_points_of_its_own(
    servicer: BranchServicer, points: PassedPoints, method: str
) -> None:
    with entered(told()):
        await getattr(servicer, method)(StockBranchRequest(order_id="o"), None)
    name = method.lower()
    assert points.passed == [f"inventory.{name}:before-commit", f"inventory.{name}:after-commit"]


async def test_a_refusal_commits_nothing_and_so_passes_no_point(servicer: BranchServicer, points: PassedPoints) -> None:
    with entered(told()), pytest.raises(BranchRefused, match="NO_LINES"):
        await servicer.Reserve(StockBranchRequest(order_id="o"), None)
    assert points.passed == []


@pytest.mark.requirement("crash.points-are-enumerable")
def test_every_operation_can_be_killed_before_and_after_its_commit() -> None:
    names = ("reserve", "commit", "release", "restock")
    points = ("before-commit", "after-commit")
    assert set(KNOWN_POINTS) == {f"inventory.{name}:{point}" for name in names for point in points}


@pytest.mark.requirement("crash.points-are-enumerable")
async def test_a_crash_point_that_does_not_exist_stops_the_start() -> None:
    settings = InventorySettings(database="memory://", crash_at="inventory.reserve:during-commit")
    with pytest.raises(BadConfiguration, match=r"ACCORD_CRASH_AT.*inventory\.reserve:after-commit"):
        async with started("inventory", settings, bootstrap):
            pytest.fail("it started")
