"""The README's example runs as it stands, and prints what the README says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dtm_client.testing.embedded import EmbeddedServer
from dtm_client.testing.server import DtmServer

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
EXAMPLE = next(text for language, text in BLOCKS if language == "python")
PRINTED = next(text for language, text in BLOCKS if "undone, because" in text and not language)


def run(address: str) -> str:
    environment = os.environ | {"DTM": address}
    return subprocess.run(
        [sys.executable, "-c", EXAMPLE], env=environment, capture_output=True, text=True, timeout=30, check=True
    ).stdout


def test_the_readmes_example_runs_at_the_embedded_coordinator(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path) as server:
        assert run(server.address) == PRINTED


@pytest.mark.integration
def test_the_readmes_example_runs_at_dtm(dtm_server: DtmServer) -> None:
    assert run(dtm_server.address) == PRINTED


def test_every_piece_of_the_readme_compiles() -> None:
    pieces = [text for language, text in BLOCKS if language == "python"]
    assert len(pieces) == 3
    for piece in pieces:
        # Pieces of a coroutine have their await at the top.
        compile("async def piece():\n" + re.sub(r"^", "    ", piece, flags=re.MULTILINE), "README.md", "exec")
