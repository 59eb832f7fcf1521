"""Run the conformance suite: as the arguments say, or on a fresh embedded coordinator and on a fresh real DTM."""

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from dtm_client.testing.embedded import EmbeddedServer
from dtm_client.testing.server import DtmServer

TOOLS = Path(os.environ.get("ACCORD_TOOLS", Path(__file__).parent.parent / ".cache/tools/bin"))
SUITE = [sys.executable, "-m", "dtm_client.testing.conformance"]


def main() -> int:
    if arguments := sys.argv[1:]:
        return subprocess.run([*SUITE, *arguments], check=False).returncode
    if not (TOOLS / "dtm").is_file():
        sys.exit(
            f"no DTM server at {TOOLS / 'dtm'}: run `nox -s tools`, or set ACCORD_TOOLS to the folder that holds it"
        )
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(2)]
        embedded = stack.enter_context(EmbeddedServer(folders[0]))
        dtm = stack.enter_context(DtmServer(TOOLS / "dtm", folders[1]))
        # Side by side: most of their time is waiting. Each prints its table in one piece at its end.
        commands = [[*SUITE, server.address, "--http", server.http] for server in (embedded, dtm)]
        runs = [subprocess.Popen(command) for command in commands]
        return max(run.wait() for run in runs)


if __name__ == "__main__":
    sys.exit(main())
