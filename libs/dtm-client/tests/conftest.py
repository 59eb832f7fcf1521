"""One real DTM server for all integration tests of a run."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dtm_client.testing.server import DtmServer

_REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def dtm_binary() -> Path:
    folder = Path(os.environ.get("ACCORD_TOOLS", _REPOSITORY / ".cache/tools/bin"))
    binary = folder / "dtm"
    if not binary.is_file():
        pytest.fail(f"no DTM server at {binary}: run `nox -s tools`, or set ACCORD_TOOLS to the folder that holds it")
    return binary


@pytest.fixture(scope="session")
def dtm_server(dtm_binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DtmServer]:
    with DtmServer(dtm_binary, tmp_path_factory.mktemp("dtm")) as server:
        yield server
