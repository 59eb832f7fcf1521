"""The item table. Each guarded UPDATE decides by its row count, so that no two transactions promise the same piece."""

from collections.abc import Sequence
from typing import Any

from accord.ports.money import Money
from accord.ports.unit_of_work import SqlSession
from accord.services.inventory.domain.item import Item, Price
from accord.services.inventory.domain.reservation import Line

_COLUMNS = "sku, name, unit_price, currency, price_version, on_hand, reserved"


class SqlItems:
    """Implements accord.services.inventory.domain.repositories.ItemRepository in one open transaction."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def find(self, sku: str) -> Item | None:
        """Return the item, None if there is none."""
        items = await self.find_all([sku])
        return items[0] if items else None

    async def find_all(self, skus: Sequence[str]) -> Sequence[Item]:
        """Return those of the items that there are, in no order."""
        marks = ", ".join("?" * len(skus))
        result = await self._session.execute(f"select {_COLUMNS} from item where sku in ({marks})", *skus)
        return [_item(row) for row in result.rows]

    async def page(self, behind: str, limit: int) -> Sequence[Item]:
        """Return up to `limit` items by sku, those behind the given one; all are behind an empty one."""
        result = await self._session.execute(
            f"select {_COLUMNS} from item where sku > ? order by sku limit ?", behind, limit
        )
        return [_item(row) for row in result.rows]

    async def put(self, sku: str, name: str, unit_price: Money) -> None:
        """Add the item, or give it its name and price; another price has the next version."""
        minor, currency = unit_price.minor, unit_price.currency
        await self._session.execute(
            f"insert into item ({_COLUMNS}) values (?, ?, ?, ?, 1, 0, 0) on conflict (sku) do nothing",
            sku,
            name,
            minor,
            currency,
        )
        # The version comes first: MySQL assigns from left to right, and would compare the new price with itself.
        await self._session.execute(
            "update item set price_version = price_version"
            " + case when unit_price = ? and currency = ? then 0 else 1 end,"
            " unit_price = ?, currency = ?, name = ? where sku = ?",
            minor,
            currency,
            minor,
            currency,
            name,
            sku,
        )

    async def reserve(self, line: Line) -> bool:
        """Keep pieces; False if the item is unknown, has another price, or too few are available."""
        result = await self._session.execute(
            "update item set reserved = reserved + ? where sku = ? and on_hand - reserved >= ?"
            " and unit_price = ? and currency = ? and price_version = ?",
            line.quantity,
            line.sku,
            line.quantity,
            line.price.amount.minor,
            line.price.amount.currency,
            line.price.version,
        )
        return result.row_count == 1

    async def release(self, line: Line) -> None:
        """Keep the pieces no longer."""
        await self._session.execute("update item set reserved = reserved - ? where sku = ?", line.quantity, line.sku)

    async def take(self, line: Line) -> None:
        """Take the pieces that were kept out of the house."""
        await self._session.execute(
            "update item set on_hand = on_hand - ?, reserved = reserved - ? where sku = ?",
            line.quantity,
            line.quantity,
            line.sku,
        )

    async def bring_back(self, line: Line) -> None:
        """Take pieces that were sold into the house again."""
        await self._session.execute("update item set on_hand = on_hand + ? where sku = ?", line.quantity, line.sku)

    async def adjust(self, sku: str, by: int) -> bool:
        """Change what is on hand; False if the item is unknown, or less would be left than is kept."""
        result = await self._session.execute(
            "update item set on_hand = on_hand + ? where sku = ? and on_hand - reserved + ? >= 0", by, sku, by
        )
        return result.row_count == 1


def _item(row: Sequence[Any]) -> Item:
    sku, name, unit_price, currency, price_version, on_hand, reserved = row
    return Item(sku, name, Price(Money(unit_price, currency), price_version), on_hand, reserved)
