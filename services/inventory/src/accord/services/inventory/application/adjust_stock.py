"""Adjust what is on hand: a delivery came, or pieces were lost."""

from datetime import datetime

from accord.services.inventory.domain.errors import IdempotencyKeyReused, ItemNotFound, NotEnoughStock
from accord.services.inventory.domain.item import Item
from accord.services.inventory.domain.movement import adjustment
from accord.services.inventory.domain.repositories import Repositories


async def adjust_stock(sku: str, by: int, idempotency_key: str, repositories: Repositories, now: datetime) -> Item:
    """Move the quantity once a key, and return the item as it is now.

    Raises ItemNotFound, NotEnoughStock, IdempotencyKeyReused when the key stands for another adjustment.
    """
    movement = adjustment(idempotency_key, sku, by)
    # First of all: a transaction whose commit got no answer may be run again because this row tells.
    new = await repositories.movements.add(movement, now)
    if not new and await repositories.movements.find(movement.movement_id) != movement:
        raise IdempotencyKeyReused(idempotency_key)
    adjusted = not new or await repositories.items.adjust(sku, by)
    item = await repositories.items.find(sku)
    if item is None:
        raise ItemNotFound(sku)
    if not adjusted:
        raise NotEnoughStock(sku, by, item.available)
    return item
