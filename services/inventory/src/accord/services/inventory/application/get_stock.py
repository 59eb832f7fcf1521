"""Look at one item."""

from accord.services.inventory.domain.errors import ItemNotFound
from accord.services.inventory.domain.item import Item
from accord.services.inventory.domain.repositories import Repositories


async def get_stock(sku: str, repositories: Repositories) -> Item:
    """Return the item; raises ItemNotFound."""
    item = await repositories.items.find(sku)
    if item is None:
        raise ItemNotFound(sku)
    return item
