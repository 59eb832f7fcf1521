"""Run the conformance suite: as the arguments say, else on fresh servers of every kind.

Without arguments these are the embedded coordinator and the DTM of `nox -s tools` on each of its stores, each with
`UPDATE_BRANCH_SYNC` 0 and 1; with `--short` the embedded coordinator and DTM on boltdb.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from dtm_client.testing.embedded import EmbeddedServer
from dtm_client.testing.server import DtmServer
from dtm_client.testing.stores.process import MissingProgram
from dtm_client.testing.stores.running import STORES, running_store

TOOLS = Path(os.environ.get("ACCORD_TOOLS", Path(__file__).parent.parent / ".cache/tools/bin"))
SUITE = [sys.executable, "-m", "dtm_client.testing.conformance"]
# Most of a run is waiting for DTM's scheduler, so several share the processors.
AT_ONCE = 3

Server = Callable[[], AbstractContextManager[list[str]]]


@contextmanager
def embedded() -> Iterator[list[str]]:
    """Yield the arguments for a fresh embedded coordinator."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedServer(Path(folder)) as server:
        yield [server.address, "--http", server.http]


@contextmanager
def dtm(store: str, update_branch_sync: int) -> Iterator[list[str]]:
    """Yield the arguments for a fresh DTM on a fresh store."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_store(store, TOOLS.parent) as url,
        DtmServer(TOOLS / "dtm", Path(folder), store=url, update_branch_sync=update_branch_sync) as server,
    ):
        yield [server.address, "--http", server.http, "--store", store, "--title", server.title]


def main() -> int:
    arguments = sys.argv[1:]
    if arguments and arguments != ["--short"]:
        return subprocess.run([*SUITE, *arguments], check=False).returncode
    if not (TOOLS / "dtm").is_file():
        sys.exit(
            f"no DTM server at {TOOLS / 'dtm'}: run `nox -s tools`, or set ACCORD_TOOLS to the folder that holds it"
        )
    chosen: list[Server] = [embedded, *(partial(dtm, store, sync) for sync in (0, 1) for store in STORES)]
    with ThreadPoolExecutor(AT_ONCE) as runs:
        try:
            return max(runs.map(run, chosen[:2] if arguments else chosen))
        except MissingProgram as missing:
            sys.exit(f"{missing}; `nox -s tools` installs what is missing")


def run(server: Server) -> int:
    """Run the suite on a server; print its table in one piece at its end."""
    with server() as arguments:
        return subprocess.run([*SUITE, *arguments], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
