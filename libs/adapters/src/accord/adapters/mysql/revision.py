"""The revision that a database's schema has."""

from accord.ports.unit_of_work import SqlSession


async def read_revision(session: SqlSession) -> str | None:
    """Return the revision that Alembic wrote; None when no migration ever ran here."""
    table = await session.execute(
        "select 1 from information_schema.tables where table_schema = database() and table_name = 'alembic_version'"
    )
    if not table.rows:
        return None
    versions = await session.execute("select version_num from alembic_version")
    return str(versions.rows[0][0]) if versions.rows else None
