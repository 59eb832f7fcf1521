"""The whole system as real processes on free ports, with databases in files: as `accord up` starts it.

`system` runs at a real DTM server and `embedded_system` at the embedded coordinator. Each is started once for a test
module, in the module's event loop, so its tests are marked `pytest.mark.asyncio(loop_scope="module")`. A test may stop,
kill and start `system.children`, and leaves all of them running. When it fails, the ends of their logs are shown.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Generator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from accord.cli.processes import layout
from accord.cli.processes.ports import Ports
from accord.cli.processes.system import System, running
from dtm_client.testing.server import DtmServer

# How many orders a customer may leave unpaid here: few enough to be reached, enough not to be met by chance.
UNPAID_LIMIT = 10
_ENVIRONMENT = {"order": {"ACCORD_ORDER_UNPAID_LIMIT": str(UNPAID_LIMIT)}}
_LOG_LINES = 40


@pytest.fixture(scope="session")
def unpaid_limit() -> int:
    return UNPAID_LIMIT


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(dtm_server: DtmServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    ports = replace(Ports.free(), coordinator=dtm_server.grpc_port, coordinator_http=dtm_server.http_port)
    children = layout.children(tmp_path_factory.mktemp("system"), ports)
    del children["coordinator"]
    try:
        async with asyncio.TaskGroup() as group:
            for name, child in children.items():
                group.create_task(child.start(sys.executable, **_ENVIRONMENT.get(name, {})))
        yield System(children, layout.addresses(ports))
    finally:
        await asyncio.gather(*(child.stop() for child in children.values()))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def embedded_system(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    async with running(tmp_path_factory.mktemp("system"), Ports.free(), lambda _name: None, _ENVIRONMENT) as started:
        yield started


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the processes said, where a test that used them failed."""
    report = yield
    used = item.funcargs.values() if report.failed and isinstance(item, pytest.Function) else ()
    for system in used:
        if isinstance(system, System):
            for child in system.children.values():
                report.sections.append((f"log of {child.name}", _end_of(child.log)))
    return report


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-_LOG_LINES:])
