"""From a URL to the adapter."""

from collections.abc import Callable
from random import random

from accord.adapters.mysql.unit_of_work import MysqlUnitOfWork
from accord.adapters.mysql.url import parse_url


def from_url(url: str, jitter: Callable[[], float] = random) -> MysqlUnitOfWork:
    """Return the adapter for a URL, nothing opened yet; raise ValueError for a wrong one.

    `jitter` gives numbers in [0, 1).
    """
    return MysqlUnitOfWork(parse_url(url), jitter)
