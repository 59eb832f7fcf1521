"""Commit and Release, which overtake each other and are answered OK in every state."""

import itertools
import logging
from collections.abc import Callable
from datetime import datetime

import pytest

from accord.services.inventory.application.commit_stock import commit_stock
from accord.services.inventory.application.get_stock import get_stock
from accord.services.inventory.application.release_stock import release_stock
from accord.services.inventory.application.reserve_stock import reserve_stock
from accord.services.inventory.domain.movement import sale
from accord.services.inventory.domain.repositories import Repositories
from accord.services.inventory.domain.reservation import Line, ReservationStatus, reservation

TELLINGS = {"commit": commit_stock, "release": release_stock}
# What the first telling to arrive makes of two of ten pieces: on hand, reserved, whether there is a sale, status.
DECIDED = {
    "commit": (8, 0, True, ReservationStatus.COMMITTED),
    "release": (10, 0, False, ReservationStatus.RELEASED),
}


@pytest.mark.requirement("stock.first-telling-decides")
@pytest.mark.parametrize("order", list(itertools.product(TELLINGS, repeat=3)), ids=" ".join)
async def test_the_first_telling_decides_and_the_others_change_nothing(
    rows: Repositories, line: Callable[..., Line], now: datetime, order: tuple[str, ...]
) -> None:
    await reserve_stock(reservation("o", [line("TEA", 2)]), rows, now)
    for telling in order:
        await TELLINGS[telling]("o", rows, now)
    item = await get_stock("TEA", rows)
    sold = await rows.movements.find(sale("o", line("TEA", 2)).movement_id) is not None
    assert (item.on_hand, item.reserved, sold, await rows.reservations.status("o")) == DECIDED[order[0]]


@pytest.mark.requirement("message.steps-never-refuse")
@pytest.mark.parametrize("telling", TELLINGS)
async def test_an_order_without_a_reservation_is_no_reason_to_refuse(
    rows: Repositories, now: datetime, telling: str
) -> None:
    before = await rows.items.page("", 10)
    await TELLINGS[telling]("o", rows, now)
    assert await rows.items.page("", 10) == before


async def test_a_sale_without_its_pieces_is_logged_as_an_error_and_a_repeated_one_is_not(
    rows: Repositories, line: Callable[..., Line], now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    for order_id, first in [("sold", commit_stock), ("freed", release_stock)]:
        await reserve_stock(reservation(order_id, [line("TEA", 2)]), rows, now)
        await first(order_id, rows, now)
    with caplog.at_level(logging.INFO):
        await commit_stock("sold", rows, now)
        assert not caplog.records
        await commit_stock("freed", rows, now)
    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert "freed" in record.getMessage()
