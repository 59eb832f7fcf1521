"""An embedded coordinator of its own for a test: the `serve` command as a process, its store in a folder of its own."""

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

_STOP_SECONDS = 10


class EmbeddedServer:
    """One process of the embedded coordinator, which answers before ``start`` returns.

    ``kill`` and ``start`` again is a crash and a restart with the same store; the system chooses other ports then.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = ""
        self.http = ""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start the process; raise RuntimeError with its log when it ends instead of serving."""
        listen = ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"]
        command = [sys.executable, "-m", "dtm_client", "serve", *listen, "--store", str(self.folder / "dtm.sqlite3")]
        log = self.folder / "coordinator.log"
        with log.open("ab") as errors:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)  # noqa: S603
        assert self._process.stdout is not None
        # One line once it serves, or the end of its output.
        line = self._process.stdout.readline()
        if not line:
            self.kill()
            raise RuntimeError(f"the coordinator did not start:\n{log.read_text('utf-8', 'replace')[-2000:]}")
        ready = json.loads(line)
        self.address, self.http = ready["grpc"], ready["http"]
        return self

    def kill(self) -> None:
        """End the process as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._end(self._process)

    def stop(self) -> None:
        """End the process in order, as SIGTERM does."""
        if self._process is not None:
            self._process.terminate()
            self._end(self._process)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        self._process = None
        # Closes the pipe, and kills what does not end in time.
        with process:
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
