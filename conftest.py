"""What the tests of all members share: a coordinator, and the real servers that `nox -s tools` obtained."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pymysql
import pytest

from dtm_client.testing.embedded import EmbeddedServer
from dtm_client.testing.server import DtmServer, dtm_version
from dtm_client.testing.stores.mariadb import MariaDbServer
from dtm_client.testing.stores.running import STORES, running_store

_TOOLS = Path(os.environ.get("ACCORD_TOOLS", Path(__file__).parent / ".cache/tools/bin"))
_DTM = _TOOLS / "dtm"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let an integration run choose what DTM keeps its transactions in; the store is started for the run."""
    parser.addoption(
        "--dtm-store",
        choices=STORES,
        default=os.environ.get("ACCORD_TEST_DTM_STORE", "boltdb"),
        help="the store of the tests' DTM server; default: ACCORD_TEST_DTM_STORE, else boltdb",
    )
    parser.addoption(
        "--dtm-update-branch-sync", type=int, choices=(0, 1), default=0, help="DTM's UPDATE_BRANCH_SYNC; default 0"
    )


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say which DTM server an integration run is against."""
    if "not integration" in config.option.markexpr:
        return None
    if not _DTM.is_file():
        return f"DTM: none at {_DTM}"
    store, sync = config.getoption("dtm_store"), config.getoption("dtm_update_branch_sync")
    return f"DTM {dtm_version(_DTM)} ({_DTM}), store {store}, UPDATE_BRANCH_SYNC {sync}"


@pytest.fixture(scope="session")
def tool() -> Callable[[str], Path]:
    """Finds a binary; without it the tests that want it fail, as a skip would hide that nothing was tested."""

    def find(name: str) -> Path:
        if not (_TOOLS / name).is_file():
            pytest.fail(f"no {name} in {_TOOLS}: run `nox -s tools`, or set ACCORD_TOOLS to the folder that holds it")
        return _TOOLS / name

    return find


@pytest.fixture(scope="session")
def dtm_binary(tool: Callable[[str], Path]) -> Path:
    """The DTM server."""
    return tool("dtm")


@pytest.fixture(scope="session")
def store_cache() -> Path:
    """Where what is dear to make for a database server is kept from run to run."""
    return _TOOLS.parent


@pytest.fixture(scope="session")
def mariadb(store_cache: Path) -> Iterator[MariaDbServer]:
    """One MariaDB for all tests of a run; each test makes databases of its own."""
    with MariaDbServer(store_cache) as server:
        yield server


@pytest.fixture(scope="session")
def lasting_mariadb_url(mariadb: MariaDbServer) -> Callable[[], str]:
    """Makes empty databases of that server, for tests that share them, and returns their URLs."""

    def new() -> str:
        name = f"test_{uuid.uuid4().hex}"
        _operate(mariadb, f"create database {name}")
        return f"{mariadb.url}/{name}"

    return new


@pytest.fixture
def new_mariadb_url(mariadb: MariaDbServer, lasting_mariadb_url: Callable[[], str]) -> Iterator[Callable[[], str]]:
    """Makes empty databases that are gone after the test, and returns their URLs."""
    made: list[str] = []

    def new() -> str:
        made.append(lasting_mariadb_url())
        return made[-1]

    yield new
    for url in made:
        _operate(mariadb, f"drop database {url.rpartition('/')[2]}")


def _operate(server: MariaDbServer, sql: str) -> None:
    # A connection each time: a test may have started the server anew.
    connection = pymysql.connect(host="127.0.0.1", port=server.port, user="root", ssl_disabled=True, autocommit=True)
    with connection.cursor() as cursor:
        cursor.execute(sql)
    connection.close()


@pytest.fixture(scope="session")
def dtm_server(
    request: pytest.FixtureRequest, dtm_binary: Path, store_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DtmServer]:
    """One real DTM server for all tests of a run, on the store of `--dtm-store`; each test uses gids of its own."""
    sync = request.config.getoption("dtm_update_branch_sync")
    with (
        running_store(request.config.getoption("dtm_store"), store_cache) as store,
        DtmServer(dtm_binary, tmp_path_factory.mktemp("dtm"), store=store, update_branch_sync=sync) as server,
    ):
        yield server


@pytest.fixture(scope="session")
def embedded_coordinator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """One embedded coordinator, a process, for all tests of a run; each test uses gids of its own."""
    with EmbeddedServer(tmp_path_factory.mktemp("coordinator")) as server:
        yield server
