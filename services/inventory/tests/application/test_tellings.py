"""Commit, Release and Restock, which overtake each other and are answered OK in every state."""

import itertools
import logging
from collections.abc import Callable
from datetime import datetime

import pytest

from accord.services.inventory.application.commit_stock import commit_stock
from accord.services.inventory.application.get_stock import get_stock
from accord.services.inventory.application.release_stock import release_stock
from accord.services.inventory.application.reserve_stock import reserve_stock
from accord.services.inventory.application.restock import restock
from accord.services.inventory.domain.movement import return_of, sale
from accord.services.inventory.domain.repositories import Repositories
from accord.services.inventory.domain.reservation import Line, ReservationStatus, reservation

TELLINGS = {"commit": commit_stock, "release": release_stock, "restock": restock}


def decided(order: tuple[str, ...]) -> tuple[int, ReservationStatus, list[int]]:
    """What the tellings make of two of ten pieces: how many are on hand, the status, and what moved."""
    if order[0] != "commit":
        return 10, ReservationStatus.RELEASED, []
    if "restock" in order:
        return 10, ReservationStatus.RETURNED, [-2, 2]
    return 8, ReservationStatus.COMMITTED, [-2]


@pytest.mark.requirement("stock.first-telling-decides")
@pytest.mark.parametrize("order", list(itertools.product(TELLINGS, repeat=3)), ids=" ".join)
async def test_the_first_telling_decides_and_of_the_others_only_a_restock_of_what_was_sold_changes_anything(
    rows: Repositories, line: Callable[..., Line], now: datetime, order: tuple[str, ...]
) -> None:
    await reserve_stock(reservation("o", [line("TEA", 2)]), rows, now)
    for telling in order:
        await TELLINGS[telling]("o", rows, now)
    item = await get_stock("TEA", rows)
    known = [await rows.movements.find(of("o", line()).movement_id) for of in (sale, return_of)]
    moved = [movement.delta for movement in known if movement is not None]
    assert (item.on_hand, await rows.reservations.status("o"), moved) == decided(order)
    assert item.reserved == 0


@pytest.mark.requirement("message.steps-never-refuse")
@pytest.mark.parametrize("telling", TELLINGS)
async def test_an_order_without_a_reservation_is_no_reason_to_refuse(
    rows: Repositories, now: datetime, telling: str
) -> None:
    before = await rows.items.page("", 10)
    await TELLINGS[telling]("o", rows, now)
    assert await rows.items.page("", 10) == before


async def test_a_sale_without_its_pieces_is_logged_and_a_repeated_one_is_not(
    rows: Repositories, line: Callable[..., Line], now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    for order_id, first in [("sold", commit_stock), ("returned", commit_stock), ("freed", release_stock)]:
        await reserve_stock(reservation(order_id, [line("TEA", 2)]), rows, now)
        await first(order_id, rows, now)
    await restock("returned", rows, now)
    with caplog.at_level(logging.INFO):
        await commit_stock("sold", rows, now)
        await commit_stock("returned", rows, now)
        assert not caplog.records
        await commit_stock("freed", rows, now)
        await commit_stock("missing", rows, now)
    logged = [(record.levelno, record.args) for record in caplog.records]
    assert logged == [(logging.WARNING, ("freed",)), (logging.ERROR, ("missing",))]
