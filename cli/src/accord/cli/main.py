"""The `accord` command: its groups, and the one place where errors become a line and an exit code."""

import sys

import typer

from accord.cli.commands import order, payment, stock, transaction, wallet
from accord.cli.commands.audit import audit
from accord.cli.commands.demo import demo
from accord.cli.commands.pay import pay
from accord.cli.commands.up import up
from accord.cli.errors import CommandError
from accord.cli.output import error_console

_EPILOG = (
    "Exit codes: 0 done, 1 refused by a service or audit red, 2 wrong usage, 3 something does not answer, "
    "4 a process did not start, 130 interrupted. Addresses: ACCORD_ORDER, ACCORD_INVENTORY, ACCORD_PAYMENT, "
    "ACCORD_COORDINATOR_HTTP, ACCORD_PROVIDER, else those of the last `accord up` in ACCORD_DATA (.accord)."
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Order, payment and inventory services that always agree.",
    epilog=_EPILOG,
)
app.add_typer(order.app, name="order")
app.add_typer(payment.app, name="payment")
app.add_typer(stock.app, name="stock")
app.add_typer(wallet.app, name="wallet")
app.add_typer(transaction.app, name="transaction")
app.command(epilog="Examples: accord pay 5b7f…    accord pay 5b7f… --times 20    accord pay 5b7f… --decline")(pay)
app.command(epilog="Examples: accord audit    accord audit --json")(audit)
app.command(epilog="Example: accord up --data /tmp/shop")(up)
app.command(epilog="Example: accord demo")(demo)


def main() -> None:
    """Run the command line."""
    try:
        app()
    except CommandError as error:
        error_console.print(f"[red]error:[/] {error}", soft_wrap=True, highlight=False)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
