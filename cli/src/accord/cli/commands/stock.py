"""`accord stock`: what is in the house, and at which price."""

import uuid
from typing import Annotated

import typer

from accord.cli.addresses import Addresses
from accord.cli.calls import DEADLINE, channel_to
from accord.cli.errors import WrongUsage
from accord.cli.money import parse, written
from accord.cli.output import print_json, print_table
from accord.cli.running import AsJson, run
from accord.inventory.v1 import inventory_pb2, inventory_pb2_grpc

app = typer.Typer(no_args_is_help=True, help="Show and change stock and prices.")

_COLUMNS = ("sku", "name", "price", "price version", "on hand", "reserved", "available")


@app.command(epilog="Examples: accord stock show    accord stock show MUG --json")
def show(
    sku: Annotated[str, typer.Argument(metavar="[SKU]", help="One item; all when left out.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show one item, or all."""
    _print(run(_show(sku)), as_json=as_json)


@app.command(epilog="Examples: accord stock adjust MUG --by 10    accord stock adjust MUG --price '9.50 EUR' --by 5")
def adjust(
    sku: Annotated[str, typer.Argument(help="The item.")],
    by: Annotated[int, typer.Option(help="Add this many to the quantity on hand; negative takes away.")] = 0,
    price: Annotated[
        str, typer.Option(metavar="'9.50 EUR'", help="Sell at this price from now on; adds the item.")
    ] = "",
    name: Annotated[str, typer.Option(help="What it is called; goes with --price.")] = "",
    key: Annotated[str, typer.Option(help="Idempotency key of --by; a fresh one when left out.")] = "",
    as_json: AsJson = False,
) -> None:
    """Change the quantity on hand, the price, or both; a new item needs --price."""
    if not by and not price:
        raise WrongUsage("nothing to change; give --by, --price or both")
    if name and not price:
        raise WrongUsage("--name goes with --price")
    _print([run(_adjust(sku, by, price, name, key))], as_json=as_json)


async def _show(sku: str) -> list[inventory_pb2.StockItem]:
    async with channel_to("inventory", Addresses.load().inventory) as channel:
        stub = inventory_pb2_grpc.InventoryServiceStub(channel)
        if sku:
            return [(await stub.GetStock(inventory_pb2.GetStockRequest(sku=sku), timeout=DEADLINE)).item]
        items: list[inventory_pb2.StockItem] = []
        request = inventory_pb2.ListStockRequest(page_size=1000)
        while True:
            page = await stub.ListStock(request, timeout=DEADLINE)
            items += page.items
            if not page.next_page_token:
                return items
            request.page_token = page.next_page_token


async def _adjust(sku: str, by: int, price: str, name: str, key: str) -> inventory_pb2.StockItem:
    async with channel_to("inventory", Addresses.load().inventory) as channel:
        stub = inventory_pb2_grpc.InventoryServiceStub(channel)
        if price:
            put = inventory_pb2.PutItemRequest(sku=sku, name=name or sku, unit_price=parse(price))
            item = (await stub.PutItem(put, timeout=DEADLINE)).item
        if by:
            moved = inventory_pb2.AdjustStockRequest(sku=sku, by=by, idempotency_key=key or str(uuid.uuid4()))
            item = (await stub.AdjustStock(moved, timeout=DEADLINE)).item
        return item


def _print(items: list[inventory_pb2.StockItem], *, as_json: bool) -> None:
    if as_json:
        print_json(items)
        return
    rows = [
        (
            item.sku,
            item.name,
            written(item.unit_price),
            str(item.price_version),
            str(item.on_hand),
            str(item.reserved),
            str(item.on_hand - item.reserved),
        )
        for item in items
    ]
    print_table("stock", _COLUMNS, rows)
