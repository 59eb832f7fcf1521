"""Pieces that are kept for an order, and the ways in which that ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from accord.services.inventory.domain.errors import Refusal
from accord.services.inventory.domain.item import Item, Price


class ReservationStatus(StrEnum):
    """Where a reservation stands: COMMITTED goods are out of the house, RETURNED ones were, and are back in it."""

    RESERVED = "RESERVED"
    COMMITTED = "COMMITTED"
    RELEASED = "RELEASED"
    RETURNED = "RETURNED"


# From where each status may be entered; RELEASED and RETURNED are never left. Tellings of different transactions
# overtake each other: from anywhere else a telling changes nothing, and is right in doing so.
ENTERED_FROM: Mapping[ReservationStatus, ReservationStatus] = MappingProxyType(
    {
        ReservationStatus.COMMITTED: ReservationStatus.RESERVED,
        ReservationStatus.RELEASED: ReservationStatus.RESERVED,
        ReservationStatus.RETURNED: ReservationStatus.COMMITTED,
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """A quantity of one item, at the price that its buyer was quoted."""

    sku: str
    quantity: int
    price: Price

    def refusal(self, item: Item | None) -> Refusal:
        """Say why the line could not be reserved from the item as it is now."""
        if item is None:
            return Refusal("UNKNOWN_ITEM", self.sku)
        if item.price != self.price:
            return Refusal("PRICE_CHANGED", f"{self.sku} costs {item.price.amount}, and not {self.price.amount}")
        return Refusal("OUT_OF_STOCK", f"{self.sku}: {item.available} available, {self.quantity} wanted")


@dataclass(frozen=True, slots=True)
class Reservation:
    """What is kept for one order, in the order in which rows are locked: by sku, so that no two can lock crosswise."""

    order_id: str
    lines: tuple[Line, ...]


def reservation(order_id: str, lines: Sequence[Line]) -> Reservation:
    """Put the lines into their order; raises Refusal for lines that can never be reserved together."""
    if not lines:
        raise Refusal("NO_LINES", f"order {order_id} wants nothing")
    if len({line.sku for line in lines}) < len(lines):
        raise Refusal("SKU_REPEATED", f"order {order_id} has two lines for one sku")
    if len({line.price.amount.currency for line in lines}) > 1:
        raise Refusal("CURRENCIES_DIFFER", f"order {order_id} mixes currencies")
    return Reservation(order_id, tuple(sorted(lines, key=lambda line: line.sku)))
