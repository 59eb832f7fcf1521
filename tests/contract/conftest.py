"""Each port's adapters, all of which must keep the port's guarantees."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from accord.adapters.memory.lock import MemoryLock
from accord.adapters.settings import schemes
from accord.adapters.sql.check import ensure_schema
from accord.adapters.sql.migrations import Migrations
from accord.adapters.sql.upgrade import upgrade
from accord.ports.lock import DistributedLock
from accord.ports.unit_of_work import UnitOfWork

ACCOUNT = Migrations("contract", "0001", Path(__file__).parent / "versions")


@pytest.fixture(params=["file", "memory", pytest.param("mariadb", marks=pytest.mark.integration)])
async def unit_of_work(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[UnitOfWork]:
    url = "memory://"
    if request.param == "file":
        url = f"sqlite:///{tmp_path}/contract.db?synchronous=normal"
    if request.param == "mariadb":
        # Asked for by name, so that a run without it needs none.
        url = request.getfixturevalue("new_mariadb_url")()
    if request.param != "memory":
        upgrade(url, ACCOUNT)
    adapter = schemes.database(url)
    await ensure_schema(adapter, ACCOUNT)
    yield adapter
    await adapter.aclose()


@pytest.fixture(params=["memory"])
async def lock() -> AsyncIterator[DistributedLock]:
    adapter = MemoryLock("this test")
    yield adapter
    await adapter.aclose()
