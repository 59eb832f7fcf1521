from collections.abc import Callable
from datetime import datetime

import pytest

from accord.services.inventory.application.get_stock import get_stock
from accord.services.inventory.application.reserve_stock import reserve_stock
from accord.services.inventory.domain.errors import Refusal
from accord.services.inventory.domain.repositories import Repositories
from accord.services.inventory.domain.reservation import Line, ReservationStatus, reservation


async def test_a_reservation_keeps_every_line(rows: Repositories, line: Callable[..., Line], now: datetime) -> None:
    await reserve_stock(reservation("o", [line("TEA", 2), line("CUP", 10)]), rows, now)
    assert (await get_stock("TEA", rows)).available == 8
    assert (await get_stock("CUP", rows)).available == 0
    assert await rows.reservations.status("o") is ReservationStatus.RESERVED


@pytest.mark.requirement("stock.price-is-compared")
@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"sku": "POT"}, "UNKNOWN_ITEM"),
        ({"quantity": 11}, "OUT_OF_STOCK"),
        ({"minor": 449}, "PRICE_CHANGED"),
        ({"currency": "USD"}, "PRICE_CHANGED"),
        ({"version": 2}, "PRICE_CHANGED"),
    ],
)
async def test_what_cannot_be_kept_at_its_price_is_refused_by_name(
    rows: Repositories, line: Callable[..., Line], now: datetime, wanted: dict[str, object], reason: str
) -> None:
    with pytest.raises(Refusal) as refused:
        await reserve_stock(reservation("o", [line(**wanted)]), rows, now)
    assert refused.value.reason == reason


@pytest.mark.requirement("stock.reserved-whole-or-not")
async def test_an_order_has_one_reservation(rows: Repositories, line: Callable[..., Line], now: datetime) -> None:
    await reserve_stock(reservation("o", [line()]), rows, now)
    with pytest.raises(Refusal, match="ALREADY_RESERVED"):
        await reserve_stock(reservation("o", [line("CUP")]), rows, now)
    assert (await get_stock("CUP", rows)).reserved == 0
