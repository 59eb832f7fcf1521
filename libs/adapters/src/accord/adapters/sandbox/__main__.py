"""`python -m accord.adapters.sandbox`: run the provider until SIGTERM or Ctrl-C; one ready line of JSON on stdout."""

import argparse
import asyncio
import signal
import sqlite3
import sys
from contextlib import AsyncExitStack

import orjson
import uvloop
from aiohttp import web

from accord.adapters.sandbox.server.book import Book
from accord.adapters.sandbox.server.customer import Customer
from accord.adapters.sandbox.server.delivery import Deliveries
from accord.adapters.sandbox.server.routes import Routes
from accord.adapters.sandbox.signature import decode_secret
from accord.adapters.system.clock import SystemClock
from accord.adapters.system.ids import SystemIds


def arguments() -> argparse.Namespace:
    """Return the parsed command line."""
    parser = argparse.ArgumentParser(
        prog="python -m accord.adapters.sandbox", description="A payment provider to develop against."
    )
    parser.add_argument(
        "--listen", default="127.0.0.1:7400", metavar="HOST:PORT", help="port 0 takes a free one (%(default)s)"
    )
    parser.add_argument("--callback-url", required=True, metavar="URL", help="where the shop takes callbacks")
    parser.add_argument(
        "--secret", required=True, type=decode_secret, metavar="whsec_BASE64", help="signs the callbacks"
    )
    parser.add_argument("--store", default="sandbox.db", metavar="PATH", help="the book's file (%(default)s)")
    return parser.parse_args()


async def serve(options: argparse.Namespace) -> None:
    """Serve until told to stop."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    host, _, port = options.listen.rpartition(":")
    ids = SystemIds()
    async with AsyncExitStack() as stack:
        book = Book(options.store, ids)
        stack.callback(book.close)
        deliveries = Deliveries(options.callback_url, options.secret, SystemClock())
        stack.push_async_callback(deliveries.aclose)
        customer = Customer(book, deliveries, ids)
        stack.push_async_callback(customer.aclose)
        runner = web.AppRunner(Routes(book, customer).application(), access_log=None, shutdown_timeout=1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, host, int(port))
        await site.start()
        customer.resume()
        address = "{}:{}".format(*runner.addresses[0][:2])
        sys.stdout.write(orjson.dumps({"service": "sandbox", "http": address}).decode() + "\n")
        sys.stdout.flush()
        await stopping.wait()


def main() -> int:
    """Run, and return the exit code."""
    options = arguments()
    try:
        uvloop.run(serve(options))
    except (OSError, ValueError, sqlite3.Error) as failure:
        sys.stderr.write(f"the sandbox provider cannot start: {failure}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
