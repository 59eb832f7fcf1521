"""A service's migrations as a value, so that serving needs neither SQLAlchemy nor Alembic."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Migrations:
    """`head` is the newest revision in the folder `versions`; a test of each service says so."""

    service: str
    head: str
    versions: Path
