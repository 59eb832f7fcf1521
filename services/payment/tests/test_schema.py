"""The migrations."""

from typing import Any

from accord.adapters.sql.drift import schema_drift
from accord.services.payment.infrastructure.persistence.migrations import MIGRATIONS
from accord.services.payment.infrastructure.persistence.schema import METADATA


def test_the_migrations_make_the_schema_that_the_tables_describe(tmp_path: Any) -> None:
    assert schema_drift(MIGRATIONS, METADATA, f"sqlite:///{tmp_path}/drift.db") == []
