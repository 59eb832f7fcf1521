from collections.abc import Callable
from datetime import datetime

import pytest

from accord.services.inventory.application.adjust_stock import adjust_stock
from accord.services.inventory.application.reserve_stock import reserve_stock
from accord.services.inventory.domain.errors import IdempotencyKeyReused, ItemNotFound, NotEnoughStock
from accord.services.inventory.domain.movement import adjustment, sale
from accord.services.inventory.domain.repositories import Repositories
from accord.services.inventory.domain.reservation import Line, reservation


async def test_a_repeated_adjustment_moves_once_and_shows_the_item_of_the_moment(
    rows: Repositories, now: datetime
) -> None:
    assert (await adjust_stock("TEA", 5, "monday", rows, now)).on_hand == 15
    assert (await adjust_stock("TEA", -1, "tuesday", rows, now)).on_hand == 14
    assert (await adjust_stock("TEA", 5, "monday", rows, now)).on_hand == 14


@pytest.mark.parametrize(("sku", "by"), [("CUP", 5), ("TEA", 6)])
async def test_a_key_stands_for_one_adjustment(rows: Repositories, now: datetime, sku: str, by: int) -> None:
    await adjust_stock("TEA", 5, "monday", rows, now)
    with pytest.raises(IdempotencyKeyReused, match="monday"):
        await adjust_stock(sku, by, "monday", rows, now)


async def test_what_is_kept_for_orders_cannot_be_taken_away(
    rows: Repositories, line: Callable[..., Line], now: datetime
) -> None:
    await reserve_stock(reservation("o", [line("TEA", 4)]), rows, now)
    with pytest.raises(NotEnoughStock, match="6 available"):
        await adjust_stock("TEA", -7, "loss", rows, now)
    assert (await adjust_stock("TEA", -6, "smaller", rows, now)).available == 0


async def test_an_unknown_item_is_named(rows: Repositories, now: datetime) -> None:
    with pytest.raises(ItemNotFound, match="POT"):
        await adjust_stock("POT", 1, "monday", rows, now)


def test_no_idempotency_key_can_name_the_movement_of_a_sale(line: Callable[..., Line]) -> None:
    sold = sale("0b5f7c1e-0000-5000-8000-000000000001", line("TEA"))
    assert adjustment(sold.movement_id, "TEA", 1).movement_id != sold.movement_id
