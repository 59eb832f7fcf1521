"""`accord order`: place orders, look at them, cancel and refund them."""

import uuid
from collections.abc import Iterable
from typing import Annotated

import typer

from accord.cli.addresses import Addresses
from accord.cli.calls import DEADLINE, channel_to
from accord.cli.errors import Refused, WrongUsage
from accord.cli.money import parse, written
from accord.cli.output import console, enum_word, print_json, print_table
from accord.cli.running import AsJson, run
from accord.order.v1 import order_pb2, order_pb2_grpc

app = typer.Typer(no_args_is_help=True, help="Place orders, look at them, cancel and refund them.")

_STATUS_WORDS = ", ".join(name.removeprefix("ORDER_STATUS_").lower() for name in order_pb2.OrderStatus.keys()[1:])
_COLUMNS = ("order", "customer", "status", "total", "payment", "reason", "placed")

OrderId = Annotated[str, typer.Argument(metavar="ORDER", help="The order's id.")]
Customer = Annotated[str, typer.Option("--customer", "-c", help="Who orders.")]
Lines = Annotated[
    list[str], typer.Option("--line", "-l", metavar="SKU:QUANTITY[@PRICE#VERSION]", help="What; repeatable.")
]
Key = Annotated[str, typer.Option("--key", help="Idempotency key; a fresh one when left out.")]


@app.command(
    epilog="Examples: accord order place -c alice -l MUG:2    accord order place -c bob -l 'MUG:1@9.50 EUR#3' --wallet"
)
def place(
    customer: Customer,
    line: Lines,
    wallet: Annotated[bool, typer.Option("--wallet", help="Pay from the wallet at once, not at the provider.")] = False,
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """Place an order in one global transaction. Exit code 1 when it is closed by a business "no"."""
    method = order_pb2.PAYMENT_METHOD_WALLET if wallet else order_pb2.PAYMENT_METHOD_HOSTED
    request = order_pb2.PlaceOrderRequest(
        idempotency_key=key or str(uuid.uuid4()),
        customer_id=customer,
        lines=[parse_line(text) for text in line],
        payment_method=method,
    )
    order = run(_place(request))
    _print([order], as_json=as_json)
    if order.status == order_pb2.ORDER_STATUS_CLOSED:
        raise Refused(f"the order is closed: {order.close_reason}")


@app.command(epilog="Example: accord order show 5b7f… --json")
def show(order_id: OrderId, as_json: AsJson = False) -> None:
    """Show one order with its lines."""
    order = run(_get(order_id))
    if as_json:
        print_json(order)
        return
    _print([order], as_json=False)
    rows = [(item.sku, str(item.quantity), written(item.unit_price), str(item.price_version)) for item in order.lines]
    print_table("lines", ("sku", "quantity", "unit price", "price version"), rows)


@app.command(name="list", epilog="Example: accord order list -c alice --status paid --limit 20")
def list_orders(
    customer: Annotated[str, typer.Option("--customer", "-c", help="Only this customer's.")] = "",
    status: Annotated[str, typer.Option(help=f"Only {_STATUS_WORDS}.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=500, help="At most this many, newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List orders, newest first."""
    request = order_pb2.ListOrdersRequest(customer_id=customer, status=_status(status), page_size=limit)
    _print(run(_list(request)).orders, as_json=as_json, many=True)


@app.command(epilog="Example: accord order watch 5b7f…")
def watch(order_id: OrderId, as_json: AsJson = False) -> None:
    """Print the order at each change, until it is paid or closed, or its refund has ended."""
    run(_watch(order_id, as_json=as_json))


@app.command(epilog="Example: accord order cancel 5b7f…")
def cancel(order_id: OrderId, as_json: AsJson = False) -> None:
    """Close an order that nobody has paid. Exit code 1 when it was paid or closed before."""
    _print([run(_cancel(order_id))], as_json=as_json)


@app.command(epilog="Example: accord order refund 5b7f… && accord order watch 5b7f…")
def refund(order_id: OrderId, as_json: AsJson = False) -> None:
    """Take the goods of a paid order in again and send its money back. Exit code 1 when it is not paid."""
    _print([run(_refund(order_id))], as_json=as_json)


def parse_line(text: str) -> order_pb2.LineRequest:
    """Return the line written as `SKU:QUANTITY`, with the price that the customer saw behind `@`."""
    item, _, seen = text.partition("@")
    sku, _, quantity = item.partition(":")
    if not quantity.isdecimal():
        raise WrongUsage(f"--line {text!r} is malformed; write it like MUG:2, or like 'MUG:2@9.50 EUR#3'")
    request = order_pb2.LineRequest(sku=sku, quantity=int(quantity))
    if seen:
        price, _, version = seen.partition("#")
        if not version.isdecimal():
            raise WrongUsage(f"--line {text!r} has a price without its version; `accord stock show {sku}` tells both")
        request.seen_price.CopyFrom(order_pb2.SeenPrice(unit_price=parse(price), version=int(version)))
    return request


async def _place(request: order_pb2.PlaceOrderRequest) -> order_pb2.Order:
    target = Addresses.load().order
    async with channel_to("order", target) as channel:
        return (await order_pb2_grpc.OrderServiceStub(channel).PlaceOrder(request, timeout=DEADLINE)).order


async def _get(order_id: str) -> order_pb2.Order:
    request = order_pb2.GetOrderRequest(order_id=order_id)
    async with channel_to("order", Addresses.load().order) as channel:
        return (await order_pb2_grpc.OrderServiceStub(channel).GetOrder(request, timeout=DEADLINE)).order


async def _cancel(order_id: str) -> order_pb2.Order:
    request = order_pb2.CancelOrderRequest(order_id=order_id)
    async with channel_to("order", Addresses.load().order) as channel:
        return (await order_pb2_grpc.OrderServiceStub(channel).CancelOrder(request, timeout=DEADLINE)).order


async def _refund(order_id: str) -> order_pb2.Order:
    request = order_pb2.RefundOrderRequest(order_id=order_id)
    async with channel_to("order", Addresses.load().order) as channel:
        return (await order_pb2_grpc.OrderServiceStub(channel).RefundOrder(request, timeout=DEADLINE)).order


async def _list(request: order_pb2.ListOrdersRequest) -> order_pb2.ListOrdersResponse:
    async with channel_to("order", Addresses.load().order) as channel:
        return await order_pb2_grpc.OrderServiceStub(channel).ListOrders(request, timeout=DEADLINE)


async def _watch(order_id: str, *, as_json: bool) -> None:
    request = order_pb2.WatchOrderRequest(order_id=order_id)
    async with channel_to("order", Addresses.load().order) as channel:
        async for update in order_pb2_grpc.OrderServiceStub(channel).WatchOrder(request):
            if as_json:
                print_json(update.order)
            else:
                console.print(
                    f"{update.order.order_id}  {enum_word(update.order, 'status')}  {update.order.close_reason}"
                )


def _status(word: str) -> "order_pb2.OrderStatus.ValueType":
    if not word:
        return order_pb2.ORDER_STATUS_UNSPECIFIED
    try:
        return order_pb2.OrderStatus.Value(f"ORDER_STATUS_{word.upper()}")
    except ValueError:
        raise WrongUsage(f"--status {word!r} is none of {_STATUS_WORDS}") from None


def _print(orders: Iterable[order_pb2.Order], *, as_json: bool, many: bool = False) -> None:
    found = list(orders)
    if as_json:
        print_json(found if many else found[0])
        return
    rows = [
        (
            order.order_id,
            order.customer_id,
            enum_word(order, "status"),
            written(order.total),
            enum_word(order, "payment_method"),
            order.close_reason,
            order.created_at.ToJsonString(),
        )
        for order in found
    ]
    print_table("orders", _COLUMNS, rows)
