"""Do the migrations build the schema that the tables describe? A test of each service asks."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, create_engine

from accord.adapters.sql.migrations import Migrations
from accord.adapters.sql.scripts import script_config
from accord.adapters.sql.upgrade import upgrade


def schema_drift(migrations: Migrations, schema: MetaData, url: str) -> list[str]:
    """Return every difference, in words; the database of this URL, which is empty, is migrated to find out."""
    heads = ScriptDirectory.from_config(script_config(migrations)).get_heads()
    found = [] if heads == [migrations.head] else [f"the newest revisions are {heads}, and not {migrations.head}"]
    upgrade(url, migrations)
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            found += [str(difference) for difference in compare_metadata(context, schema)]
    finally:
        engine.dispose()
    return found


def _engine(url: str) -> Engine:
    if url.startswith("mysql:"):
        # Its drivers are an extra.
        from accord.adapters.mysql.upgrade import server_engine  # noqa: PLC0415

        return server_engine(url)
    return create_engine(url)
