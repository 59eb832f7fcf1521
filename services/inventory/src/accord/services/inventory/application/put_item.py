"""Offer an item, or offer it otherwise."""

from accord.ports.money import Money
from accord.services.inventory.domain.item import Item
from accord.services.inventory.domain.repositories import Repositories


async def put_item(sku: str, name: str, unit_price: Money, repositories: Repositories) -> Item:
    """Add the item, or give it its name and price, and return it; repeating it changes nothing."""
    await repositories.items.put(sku, name, unit_price)
    item = await repositories.items.find(sku)
    assert item is not None
    return item
