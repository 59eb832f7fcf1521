"""What the tests of all members share: a coordinator, and the real servers that `nox -s tools` obtained."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dtm_client.testing.embedded import EmbeddedServer
from dtm_client.testing.server import DtmServer

_TOOLS = Path(os.environ.get("ACCORD_TOOLS", Path(__file__).parent / ".cache/tools/bin"))
_DTM = _TOOLS / "dtm"


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say which DTM server an integration run is against."""
    if "not integration" in config.option.markexpr:
        return None
    if not _DTM.is_file():
        return f"DTM: none at {_DTM}"
    # Go keeps the versions of modules in the binary; DTM's own `-v` does not know its version.
    version = re.search(rb"mod\tgithub\.com/dtm-labs/dtm\t(\S+)", _DTM.read_bytes())
    return f"DTM {version[1].decode() if version else 'of unknown version'} ({_DTM}), store boltdb"


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
def dtm_server(dtm_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DtmServer]:
    """One real DTM server for all tests of a run; each test uses gids of its own."""
    with DtmServer(dtm_binary, tmp_path_factory.mktemp("dtm")) as server:
        yield server


@pytest.fixture(scope="session")
def embedded_coordinator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """One embedded coordinator, a process, for all tests of a run; each test uses gids of its own."""
    with EmbeddedServer(tmp_path_factory.mktemp("coordinator")) as server:
        yield server
