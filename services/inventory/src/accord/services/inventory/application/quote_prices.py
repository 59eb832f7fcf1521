"""Quote: what an order would be reserved at."""

from collections.abc import Sequence

from accord.services.inventory.domain.errors import ItemNotFound
from accord.services.inventory.domain.item import Item
from accord.services.inventory.domain.repositories import Repositories


async def quote_prices(skus: Sequence[str], repositories: Repositories) -> Sequence[Item]:
    """Return the items in the order asked for; raises ItemNotFound, which names every sku that is not known."""
    items = {item.sku: item for item in await repositories.items.find_all(skus)}
    if unknown := [sku for sku in skus if sku not in items]:
        raise ItemNotFound(*unknown)
    return [items[sku] for sku in skus]
