"""A service's own database, opened and checked."""

from accord.adapters.service.errors import StartFailed
from accord.adapters.service.life import Life
from accord.adapters.settings import schemes
from accord.adapters.sql.check import Database, ensure_schema
from accord.adapters.sql.errors import SchemaMismatch
from accord.adapters.sql.migrations import Migrations
from accord.ports.errors import PortError

_VARIABLE = "ACCORD_DATABASE"


async def open_database(life: Life, url: str, migrations: Migrations) -> Database:
    """Return the unit of work for a URL, closed at the end of `life`; a database in memory is migrated on the way.

    Raises BadConfiguration for a wrong URL, StartFailed for a database that is unreachable or has another schema.
    """
    database = life.dependency(_VARIABLE, schemes.database(url))
    try:
        await ensure_schema(database, migrations)
    except (SchemaMismatch, PortError) as error:
        raise StartFailed(_VARIABLE, error) from error
    return database
