"""The database URLs that this adapter takes."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

CHOICES = "sqlite:////absolute/path.db, sqlite:///relative/path.db, memory://"


class Synchronous(StrEnum):
    """What a commit survives: FULL the machine's death, NORMAL only the process's (PRAGMA synchronous, in WAL mode)."""

    FULL = "full"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True)
class DatabaseFile:
    """A database that outlives its process."""

    path: Path
    synchronous: Synchronous


@dataclass(frozen=True, slots=True)
class DatabaseInMemory:
    """A database that ends with its process."""


def parse_url(url: str) -> DatabaseFile | DatabaseInMemory:
    """Read a URL; raise ValueError that names the fault and the choices."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    if parts.scheme == "memory":
        if parts.netloc or parts.path or options:
            raise ValueError(f"{url!r}: memory:// takes neither path nor options")
        return DatabaseInMemory()
    if parts.scheme != "sqlite":
        raise ValueError(f"{url!r} has no known scheme; choices: {CHOICES}")
    # Three slashes: an empty host, then the path; a fourth slash makes it absolute.
    path = unquote(parts.path[1:])
    if parts.netloc or not path:
        raise ValueError(f"{url!r} names no file; choices: {CHOICES}")
    synchronous = options.pop("synchronous", Synchronous.FULL)
    if options or synchronous not in set(Synchronous):
        raise ValueError(f"{url!r}: the only option is synchronous=full or synchronous=normal")
    return DatabaseFile(Path(path), Synchronous(synchronous))
