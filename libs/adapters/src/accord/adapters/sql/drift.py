"""Do the migrations build the schema that the tables describe? A test of each service asks."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine

from accord.adapters.sql.migrations import Migrations
from accord.adapters.sql.upgrade import script_config, upgrade


def schema_drift(migrations: Migrations, schema: MetaData, folder: Path) -> list[str]:
    """Return every difference, in words; a database file is built in `folder` to find out."""
    heads = ScriptDirectory.from_config(script_config(migrations)).get_heads()
    found = [] if heads == [migrations.head] else [f"the newest revisions are {heads}, and not {migrations.head}"]
    file = folder / "drift.db"
    upgrade(f"sqlite:///{file}", migrations)
    engine = create_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            found += [str(difference) for difference in compare_metadata(context, schema)]
    finally:
        engine.dispose()
    return found
