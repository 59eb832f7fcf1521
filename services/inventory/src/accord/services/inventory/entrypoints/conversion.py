"""Between the messages of the inventory service and its domain."""

from accord.inventory.v1 import inventory_branch_pb2, inventory_pb2
from accord.money.v1 import money_pb2
from accord.ports.money import Money
from accord.services.inventory.domain.item import Item, Price
from accord.services.inventory.domain.reservation import Line, Reservation, reservation


def money_of(message: money_pb2.Money) -> Money:
    """Read an amount."""
    return Money(message.minor, message.currency)


def money_message(money: Money) -> money_pb2.Money:
    """Write an amount."""
    return money_pb2.Money(minor=money.minor, currency=money.currency)


def reservation_of(message: inventory_branch_pb2.StockBranchRequest) -> Reservation:
    """Read what Reserve is to keep, from a valid request; raises Refusal."""
    return reservation(message.order_id, [_line_of(line) for line in message.lines])


def item_message(item: Item) -> inventory_pb2.StockItem:
    """Write an item with its stock."""
    return inventory_pb2.StockItem(
        sku=item.sku,
        name=item.name,
        unit_price=money_message(item.price.amount),
        price_version=item.price.version,
        on_hand=item.on_hand,
        reserved=item.reserved,
    )


def price_message(item: Item) -> inventory_pb2.Price:
    """Write what an item costs."""
    return inventory_pb2.Price(sku=item.sku, unit_price=money_message(item.price.amount), version=item.price.version)


def _line_of(line: inventory_branch_pb2.StockLine) -> Line:
    return Line(line.sku, line.quantity, Price(money_of(line.unit_price), line.price_version))
