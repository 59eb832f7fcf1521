"""`accord transaction`: global transactions as the coordinator tells them, and what to do about a stuck one."""

from dataclasses import asdict
from typing import Annotated

import typer

from accord.cli.addresses import Addresses
from accord.cli.coordinator import transaction, transactions
from accord.cli.errors import Refused, WrongUsage
from accord.cli.operating import retry as retry_transaction
from accord.cli.operating import stop as stop_transaction
from accord.cli.output import console, print_json, print_table
from accord.cli.running import AsJson, run

Gid = Annotated[str, typer.Argument(help="The global transaction's id.")]

app = typer.Typer(no_args_is_help=True, help="Look at global transactions; hurry or stop one that is stuck.")


@app.command(epilog="Example: accord transaction show place-5b7f…")
def show(gid: Gid, as_json: AsJson = False) -> None:
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


@app.command(epilog="Example: accord transaction retry place-5b7f…")
def retry(gid: Gid) -> None:
    """Let the coordinator call now what it would repeat later: after a branch was mended.

    DTM can do so on MySQL and PostgreSQL; on boltdb and Redis this says that it cannot.
    """
    run(retry_transaction(Addresses.load().coordinator_http, gid))
    console.print(f"transaction {gid} is called next", soft_wrap=True, highlight=False)


@app.command(epilog="Example: accord transaction stop place-5b7f… --yes")
def stop(gid: Gid, yes: Annotated[bool, typer.Option("--yes", help="I know that nothing is undone.")] = False) -> None:
    """End a transaction as failed WITHOUT undoing what its branches did. The last resort; `accord audit` comes next."""
    if not yes:
        raise WrongUsage(f"stopping {gid} leaves its branches as they are, half done; if that is meant, add --yes")
    run(stop_transaction(Addresses.load().coordinator_http, gid))
    console.print(f"transaction {gid} is failed; nothing was undone", soft_wrap=True, highlight=False)
