"""The command as a user's shell sees it."""

import subprocess
import sys
from pathlib import Path

import pytest

ACCORD = Path(sys.executable).with_name("accord")
NOBODY = {
    "ACCORD_ORDER": "127.0.0.1:9",
    "ACCORD_PAYMENT": "127.0.0.1:9",
    "ACCORD_COORDINATOR_HTTP": "127.0.0.1:9",
    "ACCORD_DATA": "/nonexistent",
}


def accord(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "COLUMNS": "200", **NOBODY}
    return subprocess.run(
        [ACCORD, *arguments], check=False, capture_output=True, text=True, env=environment, timeout=50
    )


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["order", "place", "-c", "alice", "-l", "MUG"], 2, "write it like MUG:2"),
        (["order", "list"], 3, "ACCORD_ORDER"),
        (["order", "list", "--status", "lost"], 2, "created, awaiting_payment, paid, closed, refunding"),
        (["payment", "settle", "o"], 2, "--note"),
        (["payment", "settle", "o", "--note", "by bank"], 3, "ACCORD_PAYMENT"),
        (["transaction", "list"], 3, "ACCORD_COORDINATOR_HTTP"),
        (["order", "fly"], 2, "fly"),
    ],
)
def test_an_error_is_one_clear_line_with_its_exit_code(arguments, code, words):
    ended = accord(*arguments)
    assert (ended.returncode, "Traceback" in ended.stderr) == (code, False), ended.stderr
    assert words in ended.stderr
