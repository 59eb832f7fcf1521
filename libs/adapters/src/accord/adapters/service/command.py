"""The command line that every service has."""

import sqlite3
import sys
from argparse import ArgumentParser, Namespace
from typing import NoReturn

from accord.adapters.logging.configure import configure
from accord.adapters.service.process import Bootstrap, Exit, run
from accord.adapters.settings import schemes
from accord.adapters.settings.base import ServiceSettings
from accord.adapters.settings.errors import BadConfiguration
from accord.adapters.settings.load import load
from accord.adapters.sql.errors import SchemaMismatch
from accord.adapters.sql.migrations import Migrations
from accord.ports.errors import DependencyUnavailable


def main(service: str, settings: type[ServiceSettings], bootstrap: Bootstrap, migrations: Migrations) -> NoReturn:
    """Do what the command line says, and exit: 0 clean, 1 failed, 2 bad configuration or usage."""
    arguments = _parse(service)
    try:
        values = load(settings)
        configure(service, values.log_format)
        if arguments.command == "migrate" or arguments.migrate:
            _migrate(values.database, migrations)
        code = Exit.CLEAN if arguments.command == "migrate" else run(service, values, bootstrap)
    except BadConfiguration as error:
        _say(service, error)
        code = Exit.BAD_CONFIGURATION
    except (SchemaMismatch, DependencyUnavailable, sqlite3.Error, OSError) as error:
        _say(service, f"ACCORD_DATABASE: {error}")
        code = Exit.FAILED
    sys.exit(code)


def _parse(service: str) -> Namespace:
    parser = ArgumentParser(
        prog=f"python -m accord.services.{service}",
        description=f"The {service} service. All settings are environment variables ACCORD_…",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="serve until SIGTERM")
    serve.add_argument("--migrate", action="store_true", help="bring the database's schema up to date first")
    commands.add_parser("migrate", help="bring the database's schema up to date, and end")
    return parser.parse_args()


def _migrate(url: str, migrations: Migrations) -> None:
    schemes.database(url)
    if url.startswith("memory:"):
        # Only the process that serves it sees it, and migrates it as it opens it.
        return
    # Alembic and SQLAlchemy take longer to load than all else; serving does without them.
    from accord.adapters.sql.upgrade import upgrade  # noqa: PLC0415

    upgrade(url, migrations)


def _say(service: str, error: object) -> None:
    print(f"{service}: {error}", file=sys.stderr)  # noqa: T201  # the one line for the operator
