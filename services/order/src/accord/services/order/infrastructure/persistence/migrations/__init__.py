"""The migrations of the order service's database."""

from pathlib import Path

from accord.adapters.sql.migrations import Migrations

MIGRATIONS = Migrations("order", "0002", Path(__file__).parent / "versions")
