from pathlib import Path

from accord.adapters.sql.drift import schema_drift
from accord.services.inventory.infrastructure.persistence.migrations import MIGRATIONS
from accord.services.inventory.infrastructure.persistence.schema import METADATA


def test_the_migrations_make_the_tables_that_the_schema_describes(tmp_path: Path) -> None:
    assert schema_drift(MIGRATIONS, METADATA, f"sqlite:///{tmp_path}/drift.db") == []
