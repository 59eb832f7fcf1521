"""What shops and operators ask about items."""

import pytest

from accord.ports.money import Money
from accord.services.inventory.application.get_stock import get_stock
from accord.services.inventory.application.list_stock import list_stock
from accord.services.inventory.application.put_item import put_item
from accord.services.inventory.application.quote_prices import quote_prices
from accord.services.inventory.domain.errors import ItemNotFound
from accord.services.inventory.domain.item import Price
from accord.services.inventory.domain.repositories import Repositories


@pytest.mark.parametrize("skus", [["TEA", "CUP"], ["CUP", "TEA"]])
async def test_prices_are_quoted_in_the_order_asked_for(rows: Repositories, skus: list[str]) -> None:
    assert [item.sku for item in await quote_prices(skus, rows)] == skus


async def test_every_unknown_sku_of_a_quote_is_named(rows: Repositories) -> None:
    with pytest.raises(ItemNotFound, match="POT, PAN"):
        await quote_prices(["POT", "TEA", "PAN"], rows)


async def test_an_item_that_is_put_again_keeps_its_stock_and_shows_its_new_name(rows: Repositories) -> None:
    before = await get_stock("TEA", rows)
    after = await put_item("TEA", "Black tea", before.price.amount, rows)
    assert (after.name, after.price, after.on_hand) == ("Black tea", before.price, before.on_hand)


async def test_another_price_has_another_version_and_the_same_price_has_not(rows: Repositories) -> None:
    assert (await put_item("POT", "Pot", Money(900, "EUR"), rows)).price == Price(Money(900, "EUR"), 1)
    assert (await put_item("POT", "Pot", Money(900, "EUR"), rows)).price.version == 1
    assert (await put_item("POT", "Pot", Money(950, "EUR"), rows)).price == Price(Money(950, "EUR"), 2)


async def test_an_unknown_item_is_named(rows: Repositories) -> None:
    with pytest.raises(ItemNotFound, match="POT"):
        await get_stock("POT", rows)


@pytest.mark.parametrize(("size", "pages"), [(1, [["CUP"], ["TEA"]]), (2, [["CUP", "TEA"]]), (3, [["CUP", "TEA"]])])
async def test_pages_follow_each_other_and_the_last_one_says_so(
    rows: Repositories, size: int, pages: list[list[str]]
) -> None:
    page = await list_stock("", size, rows)
    found = [page]
    while page.behind:
        page = await list_stock(page.behind, size, rows)
        found.append(page)
    assert [[item.sku for item in page.items] for page in found] == pages
