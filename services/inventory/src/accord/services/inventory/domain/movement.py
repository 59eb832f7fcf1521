"""Pieces that came into the house or left it: what is on hand is the sum of all movements."""

from dataclasses import dataclass
from enum import StrEnum

from accord.services.inventory.domain.reservation import Line


class MovementKind(StrEnum):
    """Why the pieces moved."""

    ADJUSTMENT = "ADJUSTMENT"
    SALE = "SALE"
    RETURN = "RETURN"


@dataclass(frozen=True, slots=True)
class Movement:
    """`delta` pieces, more than 0 into the house. One movement id moves once, whoever repeats it."""

    movement_id: str
    sku: str
    delta: int
    kind: MovementKind


def adjustment(idempotency_key: str, sku: str, by: int) -> Movement:
    """The movement of an operator, who chose the key; no key can name a sale, because the prefixes differ."""
    return Movement(f"adjustment:{idempotency_key}", sku, by, MovementKind.ADJUSTMENT)


def sale(order_id: str, line: Line) -> Movement:
    """The movement of one line of an order out of the house."""
    return Movement(f"order:{order_id}:{line.sku}", line.sku, -line.quantity, MovementKind.SALE)


def return_of(order_id: str, line: Line) -> Movement:
    """The movement of one line of a refunded order back into the house."""
    return Movement(f"return:{order_id}:{line.sku}", line.sku, line.quantity, MovementKind.RETURN)
