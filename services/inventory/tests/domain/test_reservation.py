from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.ports.money import Money
from accord.services.inventory.domain.errors import Refusal
from accord.services.inventory.domain.item import Item, Price
from accord.services.inventory.domain.reservation import Line, reservation

SKUS = st.text("ABC0123._-", min_size=1, max_size=5)
LINES = st.lists(
    st.builds(Line, SKUS, st.integers(1, 10_000), st.just(Price(Money(450, "EUR"), 1))),
    min_size=1,
    unique_by=lambda line: line.sku,
)


def item(minor: int = 450, version: int = 1, on_hand: int = 1) -> Item:
    return Item("TEA", "Green tea", Price(Money(minor, "EUR"), version), on_hand, 0)


@given(LINES, st.randoms())
def test_lines_are_locked_in_one_order_whatever_order_they_come_in(lines: list[Line], random: Random) -> None:
    shuffled = random.sample(lines, len(lines))
    assert reservation("o", shuffled) == reservation("o", lines)
    assert [line.sku for line in reservation("o", lines).lines] == sorted(line.sku for line in lines)


@pytest.mark.parametrize(
    ("skus", "currencies", "reason"),
    [
        ("", [], "NO_LINES"),
        ("AA", ["EUR", "EUR"], "SKU_REPEATED"),
        ("AB", ["EUR", "JPY"], "CURRENCIES_DIFFER"),
    ],
)
def test_lines_that_can_never_be_reserved_together_are_refused(
    line: Callable[..., Line], skus: str, currencies: list[str], reason: str
) -> None:
    lines = [line(sku, currency=currency) for sku, currency in zip(skus, currencies, strict=True)]
    with pytest.raises(Refusal, match=reason) as refused:
        reservation("o", lines)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (None, "UNKNOWN_ITEM"),
        (item(minor=451), "PRICE_CHANGED"),
        (item(version=2), "PRICE_CHANGED"),
        (item(on_hand=1), "OUT_OF_STOCK"),
    ],
)
def test_a_line_says_why_it_could_not_be_reserved(line: Callable[..., Line], found: Item | None, reason: str) -> None:
    assert line(quantity=2).refusal(found).reason == reason
