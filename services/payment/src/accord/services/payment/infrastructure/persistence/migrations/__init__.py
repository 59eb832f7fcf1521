"""How the schema came to be; serving needs no more of it than this value."""

from pathlib import Path

from accord.adapters.sql.migrations import Migrations

MIGRATIONS = Migrations(service="payment", head="0002", versions=Path(__file__).parent / "versions")
