"""`python -m dtm_client.testing.conformance HOST:PORT [--store NAME | --embedded] [--http URL] [--only TEXT]`."""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence

from dtm_client.errors import ServerUnavailable
from dtm_client.testing.conformance.kinds import DTM_ON, Kind
from dtm_client.testing.conformance.report import table
from dtm_client.testing.conformance.runner import run_suite
from dtm_client.testing.conformance.scenarios import SCENARIOS
from dtm_client.testing.conformance.target import kind_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suite at an address, print a table, and return 1 on any difference, or when nothing was run."""
    parser = argparse.ArgumentParser(prog="python -m dtm_client.testing.conformance", description=__doc__)
    parser.add_argument("address", metavar="HOST:PORT", help="gRPC address of the server under test")
    parser.add_argument(
        "--http", metavar="URL", default="", help="base URL of its HTTP API: rollback reasons are compared too"
    )
    parser.add_argument("--store", choices=DTM_ON, default="boltdb", help="what DTM keeps its transactions in")
    parser.add_argument("--title", metavar="TEXT", default="", help="what the summary calls the server")
    parser.add_argument(
        "--embedded", action="store_true", help="it is the embedded coordinator; found out if --http is given"
    )
    parser.add_argument("--only", metavar="TEXT", default="", help="only scenarios whose name contains this")
    chosen = parser.parse_args(arguments)
    started = time.monotonic()
    scenarios = [one for one in SCENARIOS if chosen.only in one.name]
    dtm = DTM_ON[chosen.store]
    try:
        kind = Kind.EMBEDDED if chosen.embedded else kind_of(chosen.http, dtm) if chosen.http else dtm
        results = asyncio.run(run_suite(chosen.address, kind, scenarios, chosen.http))
    except ServerUnavailable as error:
        sys.stderr.write(f"no server to test: {error}\n")
        return 1
    sys.stdout.write(table(chosen.title or kind, results, time.monotonic() - started))
    return 1 if any(result.differences for result in results) or not results else 0


if __name__ == "__main__":
    sys.exit(main())
