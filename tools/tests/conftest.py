"""The scripts of this folder, with other programs on PATH than the real ones."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

_TOOLS = Path(__file__).parent.parent


@pytest.fixture
def programs(tmp_path: Path) -> Callable[[str, str], None]:
    """Makes a program of a name from a shell script; only these programs can be found by the script under test."""
    (tmp_path / "programs").mkdir()

    def make(name: str, script: str) -> None:
        program = tmp_path / "programs" / name
        program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        program.chmod(0o755)

    return make


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a script of this folder with arguments."""

    def run_script(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PATH": str(tmp_path / "programs"), "ACCORD_TOOLS": str(tmp_path / "bin")}
        command = [sys.executable, str(_TOOLS / name), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    return run_script
