"""The whole system as real processes on free ports, with databases in files: as `accord up` starts it.

`system` runs at the embedded coordinator, and in an integration run at a real DTM server too, there also with the
services' databases on MariaDB. It is started once for a
module, in the module's event loop, so its tests are marked `pytest.mark.asyncio(loop_scope="module")`. Tests that mean
one coordinator alone are parametrized with it, `indirect`. A module's `ENVIRONMENT`, if it has one, says more variables
by process name. A test may stop, kill and start the children, and leaves all of them running. When one fails, the ends
of the logs are shown.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio

from accord.cli.audit.audit import Report, audit
from accord.cli.audit.snapshot import collect
from accord.cli.processes import layout
from accord.cli.processes.ports import Ports
from accord.cli.processes.system import System, running
from dtm_client.testing.server import DtmServer

# How many orders a customer may leave unpaid here: few enough to be reached, enough not to be met by chance.
UNPAID_LIMIT = 10
Environment = dict[str, dict[str, str]]
_ENVIRONMENT: Environment = {
    "order": {"ACCORD_ORDER_UNPAID_LIMIT": str(UNPAID_LIMIT)},
    # A refund is asked for soon.
    "payment": {"ACCORD_PAYMENT_POLL": "0.1"},
}
_LOG_LINES = 40
_WITHIN = 30.0
_LOOK_EVERY = 0.1


def at_embedded(data: Path, environment: Environment) -> AbstractAsyncContextManager[System]:
    """Start everything, the coordinator too."""
    return running(data, Ports.free(), lambda _name: None, environment)


@asynccontextmanager
async def at_dtm(
    data: Path, server: DtmServer, environment: Environment, databases: Mapping[str, str]
) -> AsyncIterator[System]:
    """Start everything but the coordinator, which runs already; `databases` are URLs by service, else files."""
    ports = replace(Ports.free(), coordinator=server.grpc_port, coordinator_http=server.http_port)
    children = layout.children(data, ports)
    del children["coordinator"]
    for name, url in databases.items():
        children[name] = replace(children[name], environment={**children[name].environment, "ACCORD_DATABASE": url})
    try:
        async with asyncio.TaskGroup() as group:
            for name, child in children.items():
                group.create_task(child.start(sys.executable, **environment.get(name, {})))
        yield System(children, layout.addresses(ports))
    finally:
        await asyncio.gather(*(child.stop() for child in children.values()))


@pytest_asyncio.fixture(
    scope="module",
    loop_scope="module",
    params=["embedded", *(pytest.param(name, marks=pytest.mark.integration) for name in ("dtm", "dtm-mariadb"))],
)
async def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[System]:
    data = tmp_path_factory.mktemp("system")
    environment = _ENVIRONMENT | getattr(request.module, "ENVIRONMENT", {})
    if request.param == "embedded":
        start = at_embedded(data, environment)
    else:
        # Servers are asked for by name, so that a run without them needs none.
        urls = {}
        if request.param == "dtm-mariadb":
            new_url = request.getfixturevalue("lasting_mariadb_url")
            urls = {service: new_url() for service in ("order", "inventory", "payment")}
        start = at_dtm(data, request.getfixturevalue("dtm_server"), environment, urls)
    async with start as one:
        yield one


@dataclass(frozen=True)
class Books:
    """What all of them say, and whether they agree."""

    system: System

    async def statuses(self, order_id: str) -> tuple[str | None, ...]:
        """Return the statuses of the rows in order, inventory and payment; None where there is no row."""
        facts = await collect(self.system.addresses)
        rows = [kind.get(order_id) for kind in (facts.orders, facts.reservations, facts.payments)]
        return tuple(None if row is None else row.status for row in rows)

    async def until(self, order_id: str, *statuses: str) -> None:
        """Wait until the rows stand so."""
        await _until(lambda: self.statuses(order_id), statuses, f"order {order_id}")

    async def money(self, payment_id: str) -> list[tuple[str, int, int]]:
        """Return each receipt's status with what the provider took, and what it gave back."""
        facts = await collect(self.system.addresses)
        return [
            (receipt.status, entry["amount_minor"], entry["refunded_minor"])
            for receipt_id, entry in facts.book.items()
            if entry["payment_id"] == payment_id and (receipt := facts.receipts.get(receipt_id)) is not None
        ]

    async def until_money(self, payment_id: str, *receipts: tuple[str, int, int]) -> None:
        """Wait until the receipts stand so."""
        await _until(lambda: self.money(payment_id), list(receipts), f"payment {payment_id}")

    async def audited(self) -> Report:
        """Return the audit's report when it is clean; differences may vanish on another look."""
        report = await audit(self.system.addresses, looks=30, pause=0.1)
        assert [law.name for _, law in report.laws if not law.holds] == []
        assert report.unexplained == []
        return report


async def _until(look: Callable[[], Awaitable[object]], expected: object, what: str) -> None:
    seen: object = None
    try:
        async with asyncio.timeout(_WITHIN):
            while True:
                seen = await look()
                if seen == expected:
                    return
                await asyncio.sleep(_LOOK_EVERY)
    except TimeoutError:
        pytest.fail(f"{what} stands at {seen}, and not at {expected}")


@pytest.fixture
def books(system: System) -> Books:
    return Books(system)


@pytest.fixture(scope="session")
def unpaid_limit() -> int:
    return UNPAID_LIMIT


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of one module in one worker: a system is too dear to be started by each."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


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
