"""`accord wallet`: a customer's money with us."""

import uuid
from collections.abc import Sequence
from typing import Annotated

import typer

from accord.cli.addresses import Addresses
from accord.cli.calls import DEADLINE, channel_to
from accord.cli.money import parse, written
from accord.cli.output import print_json, print_table
from accord.cli.running import AsJson, run
from accord.payment.v1 import payment_pb2, payment_pb2_grpc

app = typer.Typer(no_args_is_help=True, help="Show and fill wallets.")

Customer = Annotated[str, typer.Argument(help="Whose wallet.")]


@app.command(name="top-up", epilog="Example: accord wallet top-up alice '50.00 EUR'")
def top_up(
    customer: Customer,
    amount: Annotated[str, typer.Argument(metavar="'50.00 EUR'", help="How much.")],
    key: Annotated[str, typer.Option(help="Idempotency key; a fresh one when left out.")] = "",
    as_json: AsJson = False,
) -> None:
    """Put money into a wallet."""
    request = payment_pb2.TopUpWalletRequest(
        customer_id=customer, amount=parse(amount), idempotency_key=key or str(uuid.uuid4())
    )
    _print([run(_top_up(request)).balance], as_json=as_json)


@app.command(epilog="Example: accord wallet show alice --json")
def show(customer: Customer, as_json: AsJson = False) -> None:
    """Show a wallet, one line a currency."""
    _print(run(_show(payment_pb2.GetWalletRequest(customer_id=customer))).balances, as_json=as_json)


async def _top_up(request: payment_pb2.TopUpWalletRequest) -> payment_pb2.TopUpWalletResponse:
    async with channel_to("payment", Addresses.load().payment) as channel:
        return await payment_pb2_grpc.PaymentServiceStub(channel).TopUpWallet(request, timeout=DEADLINE)


async def _show(request: payment_pb2.GetWalletRequest) -> payment_pb2.GetWalletResponse:
    async with channel_to("payment", Addresses.load().payment) as channel:
        return await payment_pb2_grpc.PaymentServiceStub(channel).GetWallet(request, timeout=DEADLINE)


def _print(balances: Sequence[payment_pb2.WalletBalance], *, as_json: bool) -> None:
    if as_json:
        print_json(list(balances))
        return
    rows = [(written(balance.available), written(balance.frozen)) for balance in balances]
    print_table("wallet", ("available", "frozen"), rows)
