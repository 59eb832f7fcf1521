"""What the database servers have in common: a private folder, a free port, and one process."""

import os
import shutil
import signal
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from dtm_client.testing.ports import free_ports

_START_SECONDS = 20
_STOP_SECONDS = 10
_PROBE_SECONDS = 0.02
_LOG_END = 2000
# Of no use after the test, so it never needs a disk.
_MEMORY = Path("/dev/shm")  # noqa: S108 - what is made there has a name of its own
# Debian keeps servers out of the PATH of users.
_SYSTEM_PROGRAMS = ("/usr/sbin", "/usr/local/sbin")


class MissingProgram(FileNotFoundError):
    """A program of a server is not installed; the text names it and the Debian package that has it."""


def find_program(name: str, package: str, *places: Path) -> Path:
    """Return where a program is: in PATH, among the system's programs or in ``places``; else raise MissingProgram."""
    path = os.pathsep.join([os.environ.get("PATH", ""), *_SYSTEM_PROGRAMS, *map(str, places)])
    if (found := shutil.which(name, path=path)) is None:
        raise MissingProgram(f"no {name} found: on Debian it is in the package {package}")
    return Path(found)


class ServerProcess(ABC):
    """One process of a database server on ``port``, which answers before ``start`` returns.

    ``stop`` and ``start`` again keeps port and data. Leaving the ``with`` block stops it and removes the data. The
    data lie in a short-lived folder in memory, for its path must be short and readable to the server's own user.
    """

    def __init__(self) -> None:
        [self.port] = free_ports(1)
        self._holder = tempfile.TemporaryDirectory(
            prefix="store-", dir=_MEMORY if _MEMORY.is_dir() else None, ignore_cleanup_errors=True
        )
        self.folder = Path(self._holder.name)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Where it is, as a store URL of ``DtmServer``."""

    def start(self) -> Self:
        """Start the process; raise RuntimeError with its log when it does not answer, MissingProgram without it."""
        self._prepare()
        with self._log.open("ab") as log:
            self._process = process = subprocess.Popen(self._command(), stdout=log, stderr=log, cwd=self.folder)  # noqa: S603
        for _ in range(int(_START_SECONDS / _PROBE_SECONDS)):
            # The process first: another server on the same port may be the one that answers.
            if process.poll() is not None:
                break
            if self._answers():
                return self
            try:
                process.wait(_PROBE_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        words = self._log.read_text("utf-8", "replace")[-_LOG_END:]
        self.stop()
        raise RuntimeError(f"{type(self).__name__} did not start:\n{words}")

    def stop(self) -> None:
        """End the process in order, and by force if that takes too long."""
        if self._process is None:
            return
        self._process.send_signal(self._end_signal)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self._holder.cleanup()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._holder.cleanup()

    _end_signal = signal.SIGTERM

    @property
    def _log(self) -> Path:
        return self.folder / "server.log"

    def _run(self, command: Sequence[str | Path], script: str = "") -> bool:
        """Run a program that helps the server, with its words in the log; return whether it succeeded."""
        with self._log.open("ab") as log:
            ended = subprocess.run(command, input=script.encode(), stdout=log, stderr=log, cwd=self.folder, check=False)  # noqa: S603
        return ended.returncode == 0

    @abstractmethod
    def _prepare(self) -> None:
        """Make what the first start needs; nothing at later ones."""

    @abstractmethod
    def _command(self) -> Sequence[str | Path]:
        """The command line of the server, which must not fork."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether the server takes requests now."""
