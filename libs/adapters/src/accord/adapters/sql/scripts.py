"""Alembic's scripts of one service, run on a connection of the caller's."""

import logging

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from accord.adapters.sql.errors import SchemaMismatch
from accord.adapters.sql.migrations import Migrations

_logger = logging.getLogger(__name__)


def run_scripts(transaction: Connection, migrations: Migrations) -> None:
    """Bring the schema to its newest revision, forward only; running it again changes nothing.

    Raises SchemaMismatch when the database is newer than these migrations.
    """
    try:
        config = script_config(migrations)
        config.attributes["connection"] = transaction
        command.upgrade(config, "head")
    except CommandError as error:
        raise SchemaMismatch(
            f"the migrations of {migrations.service} do not fit its database ({error}): "
            f"run a version of {migrations.service} that is at least as new as the database"
        ) from error
    _logger.info("the database of %s has schema %s", migrations.service, migrations.head)


def script_config(migrations: Migrations) -> Config:
    """Return what an alembic.ini would say."""
    config = Config()
    config.set_main_option("script_location", "accord.adapters.sql:environment")
    config.set_main_option("version_locations", str(migrations.versions).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config
