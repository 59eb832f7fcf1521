"""The command line of the coordinator: ``python -m dtm_client serve``."""

import argparse
import asyncio
import json
import logging
import secrets
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from dtm_client.coordinator.server import Address, Coordinator
from dtm_client.coordinator.store.sqlite import SqliteStore
from dtm_client.errors import CannotServe

_LARGEST_PORT = 65_535


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line says."""

    listen: Address
    http: Address
    store: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code: 0 after SIGTERM or SIGINT, 1 if it cannot serve. Bad arguments exit 2."""
    settings = _parse(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(_serve(settings))
    except CannotServe as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


async def _serve(settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    store = SqliteStore(settings.store)
    try:
        coordinator = await Coordinator.start(store, settings.listen, settings.http, time.time, _new_gid)
        ready = {
            "event": "ready",
            "grpc": str(coordinator.grpc_address),
            "http": f"http://{coordinator.http_address}",
            "store": settings.store,
        }
        sys.stdout.write(json.dumps(ready) + "\n")
        sys.stdout.flush()
        coordinator.failed.add_done_callback(lambda _failed: stopped.set())
        await stopped.wait()
        await coordinator.stop()
        if coordinator.failed.done():
            error = coordinator.failed.exception()
            raise CannotServe(f"the store {settings.store} cannot be written: {error}")
    finally:
        store.close()


def _new_gid() -> str:
    """128 random bits, in letters that every store and every header can carry."""
    return secrets.token_hex(16)


def _parse(arguments: Sequence[str] | None) -> Settings:
    parser = argparse.ArgumentParser(prog="python -m dtm_client", description="A coordinator for development.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serve = commands.add_parser(
        "serve",
        help="serve DTM's protocol from a SQLite file",
        description=(
            "Serve the protocol of the DTM transaction manager from one SQLite file, until SIGTERM or SIGINT. "
            "Prints one JSON line once it serves. For development and tests: production runs the DTM server."
        ),
    )
    serve.add_argument(
        "--listen", type=_address, default="127.0.0.1:36790", metavar="HOST:PORT", help="gRPC (default: %(default)s)"
    )
    serve.add_argument(
        "--http", type=_address, default="127.0.0.1:36789", metavar="HOST:PORT", help="HTTP (default: %(default)s)"
    )
    serve.add_argument(
        "--store", default="dtm.sqlite3", metavar="PATH", help="SQLite file, made if missing (default: %(default)s)"
    )
    found = parser.parse_args(arguments)
    return Settings(listen=found.listen, http=found.http, store=found.store)


def _address(text: str) -> Address:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > _LARGEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return Address(host.removeprefix("[").removesuffix("]"), int(port))
