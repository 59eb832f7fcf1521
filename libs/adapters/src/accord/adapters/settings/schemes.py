"""One table per port: which adapter a URL's scheme stands for. A new adapter is its folder and one line here."""

from collections.abc import Callable, Mapping
from typing import TypeVar
from uuid import uuid4

from accord.adapters.memory.lock import MemoryLock
from accord.adapters.settings.errors import blaming
from accord.adapters.sql.check import Database
from accord.adapters.sqlite.open import from_url as sqlite
from accord.adapters.static.discovery import from_url as static
from accord.ports.discovery import ServiceDiscovery
from accord.ports.lock import DistributedLock

T = TypeVar("T")


def _mysql(url: str) -> Database:
    # Its driver is an extra, and loaded where it is used.
    from accord.adapters.mysql.open import from_url  # noqa: PLC0415

    return from_url(url)


_DATABASES: Mapping[str, Callable[[str], Database]] = {"sqlite": sqlite, "mysql": _mysql, "memory": sqlite}
# A token's source names one incarnation of the lock, here this process.
_LOCKS: Mapping[str, Callable[[str], DistributedLock]] = {"memory": lambda _url: MemoryLock(f"memory-{uuid4()}")}
_REGISTRIES: Mapping[str, Callable[[str], ServiceDiscovery]] = {"static": static}


def database(url: str) -> Database:
    """Return the unit of work for ACCORD_DATABASE, nothing opened yet; raises BadConfiguration."""
    return _choose("ACCORD_DATABASE", url, _DATABASES)


def lock(url: str) -> DistributedLock:
    """Return the lock for ACCORD_LOCK; raises BadConfiguration."""
    return _choose("ACCORD_LOCK", url, _LOCKS)


def discovery(url: str) -> ServiceDiscovery:
    """Return the discovery for ACCORD_REGISTRY; raises BadConfiguration."""
    return _choose("ACCORD_REGISTRY", url, _REGISTRIES)


def _choose(variable: str, url: str, table: Mapping[str, Callable[[str], T]]) -> T:
    scheme, separator, _ = url.partition("://")
    with blaming(variable):
        if not separator or scheme not in table:
            choices = ", ".join(f"{name}://" for name in table)
            # Not the whole of it, which may hold a password.
            raise ValueError(f"{scheme!r} is no known scheme; choices: {choices}")
        return table[scheme](url)
