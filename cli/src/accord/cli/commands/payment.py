"""`accord payment`: an order's payment, as payment knows it."""

from typing import Annotated

import typer

from accord.cli.addresses import Addresses
from accord.cli.calls import DEADLINE, channel_to
from accord.cli.money import written
from accord.cli.output import enum_word, print_json, print_table
from accord.cli.running import AsJson, run
from accord.payment.v1 import payment_pb2, payment_pb2_grpc

app = typer.Typer(no_args_is_help=True, help="Look at payments, and settle refunds that the provider refused.")

_COLUMNS = ("payment", "order", "customer", "status", "amount", "expires", "decided by")

OrderId = Annotated[str, typer.Argument(metavar="ORDER", help="The id of the order that it pays.")]


@app.command(epilog="Example: accord payment show 5b7f… --json")
def show(order_id: OrderId, as_json: AsJson = False) -> None:
    """Show the payment of an order."""
    _print(run(_show(order_id)), as_json=as_json)


@app.command(epilog="Example: accord payment settle 5b7f… --note 'bank transfer 4711'")
def settle(
    order_id: OrderId,
    note: Annotated[str, typer.Option(help="How the money was given back, for the books.")],
    as_json: AsJson = False,
) -> None:
    """Say that money which the provider refused to give back was given back otherwise. Exit code 1 when none waits."""
    _print(run(_settle(order_id, note)), as_json=as_json)


async def _show(order_id: str) -> payment_pb2.Payment:
    async with channel_to("payment", Addresses.load().payment) as channel:
        return await _find(payment_pb2_grpc.PaymentServiceStub(channel), order_id)


async def _settle(order_id: str, note: str) -> payment_pb2.Payment:
    async with channel_to("payment", Addresses.load().payment) as channel:
        stub: payment_pb2_grpc.PaymentServiceAsyncStub = payment_pb2_grpc.PaymentServiceStub(channel)
        found = await _find(stub, order_id)
        request = payment_pb2.SettleRefundRequest(payment_id=found.payment_id, note=note)
        return (await stub.SettleRefund(request, timeout=DEADLINE)).payment


async def _find(stub: "payment_pb2_grpc.PaymentServiceAsyncStub", order_id: str) -> payment_pb2.Payment:
    return (await stub.GetPayment(payment_pb2.GetPaymentRequest(order_id=order_id), timeout=DEADLINE)).payment


def _print(payment: payment_pb2.Payment, *, as_json: bool) -> None:
    if as_json:
        print_json(payment)
        return
    row = (
        payment.payment_id,
        payment.order_id,
        payment.customer_id,
        enum_word(payment, "status"),
        written(payment.amount),
        payment.expires_at.ToJsonString() if payment.HasField("expires_at") else "",
        payment.decided_by,
    )
    print_table("payment", _COLUMNS, [row])
