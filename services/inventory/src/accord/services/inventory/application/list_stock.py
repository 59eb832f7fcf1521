"""Look at all items, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from accord.services.inventory.domain.item import Item
from accord.services.inventory.domain.repositories import Repositories


@dataclass(frozen=True, slots=True)
class StockPage:
    """`behind` is the sku behind which the next page starts, empty on the last one."""

    items: Sequence[Item]
    behind: str


async def list_stock(behind: str, size: int, repositories: Repositories) -> StockPage:
    """Return up to `size` items by sku; pages keep their place while items are added."""
    # One more than asked for tells whether there is another page.
    found = await repositories.items.page(behind, size + 1)
    items = found[:size]
    return StockPage(items, items[-1].sku if len(found) > size else "")
