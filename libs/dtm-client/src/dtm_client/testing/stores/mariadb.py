"""A MariaDB server of its own for a test."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from dtm_client.testing.stores.process import ServerProcess, find_program

_PACKAGE = "mariadb-server-core"
_SETTINGS = {
    "innodb-log-file-size": "8M",
    "innodb-buffer-pool-size": "16M",
    "innodb-flush-log-at-trx-commit": "0",
    "innodb-doublewrite": "0",
    "performance-schema": "OFF",
    "key-buffer-size": "1M",
    "aria-pagecache-buffer-size": "8M",
    "skip-name-resolve": "ON",
    # DTM opens up to 500 connections unless it is told otherwise.
    "max-connections": "600",
}


class MariaDbServer(ServerProcess):
    """One MariaDB whose user ``root`` needs no password. Commits are flushed once a second.

    Its first data take seconds to make, so they are made once and kept in the folder ``cache``, which many servers may
    share; None makes them anew.
    """

    def __init__(self, cache: Path | None = None) -> None:
        super().__init__()
        self._cache = cache

    @property
    def url(self) -> str:
        return f"mysql://root@127.0.0.1:{self.port}"

    def _prepare(self) -> None:
        if self._data.exists():
            return
        if self._cache is None:
            self._make(self._data)
            return
        program = _server()
        version = subprocess.run([program, "--version"], check=True, capture_output=True).stdout  # noqa: S603
        template = self._cache / f"mariadb-{'-'.join(version.decode().split()[2:3])}"
        if not template.exists():
            # Made beside its place: the first of several servers that start at once wins, and nobody sees half of it.
            unfinished = self._cache / f"{template.name}.{self.folder.name}"
            self._cache.mkdir(parents=True, exist_ok=True)
            self._make(unfinished)
            try:
                unfinished.rename(template)
            except OSError:
                shutil.rmtree(unfinished)
        shutil.copytree(template, self._data)

    def _make(self, data: Path) -> None:
        install = find_program("mariadb-install-db", _PACKAGE)
        how = ["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", *_settings()]
        if not self._run([install, *how, *_user(), f"--datadir={data}"]):
            shutil.rmtree(data, ignore_errors=True)
            raise RuntimeError(f"mariadb-install-db failed:\n{self._log.read_text('utf-8', 'replace')}")

    def _command(self) -> Sequence[str | Path]:
        return [
            _server(),
            "--no-defaults",
            *_user(),
            *_settings(),
            f"--datadir={self._data}",
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            f"--socket={self.folder / 'socket'}",
            f"--pid-file={self.folder / 'pid'}",
        ]

    def _answers(self) -> bool:
        client = find_program("mariadb", "mariadb-client-core")
        return self._run([client, "--no-defaults", "-h127.0.0.1", f"-P{self.port}", "-uroot", "--execute", "select 1"])

    @property
    def _data(self) -> Path:
        return self.folder / "data"


def _server() -> Path:
    return find_program("mariadbd", _PACKAGE)


def _settings() -> list[str]:
    return [f"--{name}={value}" for name, value in _SETTINGS.items()]


def _user() -> list[str]:
    """MariaDB runs as root only if it is told so."""
    return ["--user=root"] if os.getuid() == 0 else []
