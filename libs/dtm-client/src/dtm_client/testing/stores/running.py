"""A store by DTM's name of it, started for a test."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dtm_client.testing.stores.mariadb import MariaDbServer
from dtm_client.testing.stores.postgres import PostgresServer
from dtm_client.testing.stores.process import ServerProcess
from dtm_client.testing.stores.redis import RedisServer

STORES = ("boltdb", "redis", "mysql", "postgres")


@contextmanager
def running_store(name: str, cache: Path | None = None) -> Iterator[str]:
    """Yield the URL of a store for ``DtmServer``, with a server of its own where it needs one.

    ``name`` is one of ``STORES``, else ValueError; ``mysql`` is a MariaDB, whose first data are kept in ``cache``.
    """
    if name == "boltdb":
        yield name
        return
    servers: dict[str, Callable[[], ServerProcess]] = {
        "redis": RedisServer,
        "mysql": lambda: MariaDbServer(cache),
        "postgres": PostgresServer,
    }
    if name not in servers:
        raise ValueError(f"DTM has no store {name!r} here; choose from {', '.join(STORES)}")
    with servers[name]() as server:
        yield server.url
