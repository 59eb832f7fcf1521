"""A store's URL → what DTM must be told of it, and the tables that it needs there."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import SplitResult, urlsplit

from dtm_client.testing.stores.process import find_program

_CHOICES = "boltdb, redis://HOST:PORT, mysql://USER[:PASSWORD]@HOST:PORT or postgres://USER:PASSWORD@HOST:PORT/DATABASE"
_PORTS = {"redis": 6379, "mysql": 3306, "postgres": 5432}


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where DTM keeps its transactions; ``driver`` is DTM's name of the kind of store."""

    driver: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    database: str = ""

    @classmethod
    def of(cls, url: str) -> Self:
        """Read a store's URL; raise ValueError, which names the choices, when it is none."""
        parts = urlsplit(url)
        if url == "boltdb":
            return cls("boltdb")
        if parts.scheme not in _PORTS or not parts.hostname or not _complete(parts):
            raise ValueError(f"{url!r} is no store of DTM: write {_CHOICES}")
        port = parts.port or _PORTS[parts.scheme]
        database = parts.path.strip("/")
        return cls(parts.scheme, parts.hostname, port, parts.username or "", parts.password or "", database)

    @property
    def environment(self) -> Mapping[str, str]:
        """DTM's environment variables for this store; what is empty is left to DTM's defaults."""
        values = {
            "STORE_DRIVER": self.driver,
            "STORE_HOST": self.host,
            "STORE_PORT": str(self.port or ""),
            "STORE_USER": self.user,
            "STORE_PASSWORD": self.password,
            "STORE_DB": self.database,
        }
        return {name: value for name, value in values.items() if value}

    def make_tables(self, folder: Path) -> None:
        """Make DTM's tables where they are missing, from the module's own SQL files in ``folder``.

        Raise RuntimeError with the database's words when that fails, MissingProgram without the database's client.
        """
        if self.driver not in _CLIENTS:
            return
        ddl = (folder / f"dtmsvr.storage.{self.driver}.sql").read_text("utf-8")
        # Everything else in the files is "if not exists": without the drops, a restarted server finds its transactions.
        kept = "\n".join(line for line in ddl.splitlines() if not line.lower().startswith("drop table"))
        client, package, arguments = _CLIENTS[self.driver]
        command: list[str | Path] = [find_program(client, package), *(one.format(self=self) for one in arguments)]
        loaded = subprocess.run(command, input=kept, text=True, capture_output=True, check=False)  # noqa: S603
        if loaded.returncode:
            raise RuntimeError(f"DTM's tables could not be made: {loaded.stderr}")


# The program that runs SQL, the Debian package that has it, and its arguments.
_CLIENTS = {
    "mysql": (
        "mariadb",
        "mariadb-client-core",
        ("--no-defaults", "-h{self.host}", "-P{self.port}", "-u{self.user}", "--password={self.password}"),
    ),
    "postgres": (
        "psql",
        "postgresql-client-15",
        (
            "-Xq",
            "-vON_ERROR_STOP=1",
            "postgres://{self.user}:{self.password}@{self.host}:{self.port}/{self.database}",
        ),
    ),
}


def _complete(parts: SplitResult) -> bool:
    """Whether nothing is missing: DTM takes an empty PostgreSQL password's place for the database's name."""
    if parts.scheme == "postgres":
        return bool(parts.username and parts.password and parts.path.strip("/"))
    return parts.scheme == "redis" or bool(parts.username)
