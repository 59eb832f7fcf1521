"""The history of the inventory service's database."""

from pathlib import Path

from accord.adapters.sql.migrations import Migrations

MIGRATIONS = Migrations("inventory", "0001", Path(__file__).parent / "versions")
