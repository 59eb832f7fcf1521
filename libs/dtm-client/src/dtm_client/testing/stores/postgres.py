"""A PostgreSQL server of its own for a test."""

import os
import pwd
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path

from dtm_client.testing.stores.process import ServerProcess, find_program

_PACKAGE = "postgresql-15"
# Where Debian keeps the programs of each version, the newest last.
_VERSIONS = Path("/usr/lib/postgresql")
_NAME = "dtm"
_ACCOUNT = "postgres"
# DTM opens up to 500 connections unless it is told otherwise.
_CONNECTIONS = 600


class PostgresServer(ServerProcess):
    """One PostgreSQL with a database ``dtm`` of a user ``dtm``, who needs no password.

    It refuses to run as root, so a root's server runs as the system's user ``postgres``. Commits are not flushed.
    """

    _end_signal = signal.SIGINT  # "fast": open sessions are ended

    @property
    def url(self) -> str:
        # DTM takes an empty password's place for the database's name, so there is always one.
        return f"postgres://{_NAME}:any@127.0.0.1:{self.port}/{_NAME}"

    def _prepare(self) -> None:
        if self._data.exists():
            return
        if os.getuid() == 0:
            shutil.chown(self.folder, _ACCOUNT, pwd.getpwnam(_ACCOUNT).pw_gid)
        encoding = ["--locale=C.UTF-8", "--encoding=UTF8"]
        made = self._run(
            [*_unprivileged(), _program("initdb"), "-D", self._data, "-U", _NAME, "-A", "trust", *encoding]
        )
        if not made:
            raise RuntimeError(f"initdb failed:\n{self._log.read_text('utf-8', 'replace')}")

    def _command(self) -> Sequence[str | Path]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "max_connections": str(_CONNECTIONS),
            "shared_buffers": "32MB",
            "fsync": "off",
            "synchronous_commit": "off",
        }
        chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [*_unprivileged(), _program("postgres"), "-D", self._data, "-p", str(self.port), *chosen]

    def _answers(self) -> bool:
        host = ["-h", "127.0.0.1", "-p", str(self.port), "-U", _NAME]
        psql: list[str | Path] = [_program("psql"), "-XqtA", *host]
        return self._run([*psql, "-d", _NAME, "-c", "select 1"]) or self._run(
            [*psql, "-d", "postgres", "-c", f"create database {_NAME}"]
        )

    @property
    def _data(self) -> Path:
        return self.folder / "data"


def _program(name: str) -> Path:
    versions = sorted(_VERSIONS.glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    return find_program(name, _PACKAGE, *versions)


def _unprivileged() -> list[str]:
    """What makes a command run as the server's user, where we are root; it replaces itself by the command."""
    if os.getuid() != 0:
        return []
    return ["setpriv", f"--reuid={_ACCOUNT}", f"--regid={_ACCOUNT}", "--init-groups", "--"]
