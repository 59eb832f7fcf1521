"""The start-up check: is the schema the one that this version needs?"""

from typing import Protocol

from accord.adapters.sql.errors import SchemaMismatch
from accord.adapters.sql.migrations import Migrations
from accord.adapters.sqlite.memory import MemoryUnitOfWork
from accord.ports.unit_of_work import UnitOfWork


class Database(UnitOfWork, Protocol):
    """A unit of work that knows its schema's revision."""

    async def revision(self) -> str | None:
        """Return the revision; None before the first migration."""
        ...


async def ensure_schema(database: Database, migrations: Migrations) -> None:
    """Return when the schema is the expected one; a database in memory, which only this process sees, is migrated here.

    Raises SchemaMismatch, whose text names the command to run.
    """
    if isinstance(database, MemoryUnitOfWork):
        # Only here does a served process load Alembic.
        from accord.adapters.sql.upgrade import upgrade_memory  # noqa: PLC0415

        await upgrade_memory(database, migrations)
        return
    found = await database.revision()
    if found != migrations.head:
        raise SchemaMismatch(
            f"the database of {migrations.service} has {_name(found)}, this version needs schema {migrations.head}: "
            f"run `python -m accord.services.{migrations.service} migrate`"
        )


def _name(revision: str | None) -> str:
    return "no schema" if revision is None else f"schema {revision}"
