"""`accord transaction`: global transactions as the coordinator tells them."""

from dataclasses import asdict
from typing import Annotated

import typer

from accord.cli.addresses import Addresses
from accord.cli.coordinator import transaction, transactions
from accord.cli.errors import Refused
from accord.cli.output import print_json, print_table
from accord.cli.running import AsJson, run

app = typer.Typer(no_args_is_help=True, help="Look at global transactions.")


@app.command(epilog="Example: accord transaction show place-5b7f…")
def show(gid: Annotated[str, typer.Argument(help="The global transaction's id.")], as_json: AsJson = False) -> None:
    """Show one transaction with each of its branch operations."""
    found = run(transaction(Addresses.load().coordinator_http, gid))
    if found is None:
        raise Refused(f"the coordinator knows no transaction {gid}; `accord transaction list` shows those it knows")
    if as_json:
        print_json(asdict(found))
        return
    print_table(
        "transaction", ("gid", "mode", "status", "reason"), [(found.gid, found.mode, found.status, found.reason)]
    )
    rows = [
        (
            branch["branch_id"],
            branch["op"],
            branch["status"],
            branch["url"],
            str(branch.get("tries", "")),
            branch.get("last_error", ""),
        )
        for branch in found.branches
    ]
    print_table("branches", ("branch", "op", "status", "url", "tries", "last error"), rows)


@app.command(name="list", epilog="Example: accord transaction list --unfinished --json")
def list_transactions(
    unfinished: Annotated[bool, typer.Option("--unfinished", help="Only those that are not final.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Look at this many, newest first.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List transactions."""
    found = run(transactions(Addresses.load().coordinator_http, limit))
    shown = [one for one in found if not (unfinished and one.final)]
    if as_json:
        print_json([asdict(one) for one in shown])
        return
    rows = [(one.gid, one.mode, one.status, one.reason, one.changed) for one in shown]
    print_table("transactions", ("gid", "mode", "status", "reason", "changed"), rows)
