"""Drawing up an order, and what can never be one."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.ports.money import Money
from accord.services.order.domain.errors import InvalidOrder
from accord.services.order.domain.new_order import TOTAL_LIMIT, NewOrder, draw_up
from accord.services.order.domain.order import PaymentMethod
from accord.services.order.domain.order_request import LineRequest, OrderRequest
from accord.services.order.domain.price_list import Price

quantities = st.dictionaries(
    st.from_regex("[A-Z]{1,4}", fullmatch=True), st.integers(1, 10_000), min_size=1, max_size=9
)


def request_for(quantity_by_sku: dict[str, int], seen: Price | None = None) -> OrderRequest:
    lines = tuple(LineRequest(sku, quantity, seen) for sku, quantity in quantity_by_sku.items())
    return OrderRequest("carla", "key", lines, PaymentMethod.HOSTED)


@given(quantities, st.data())
def test_the_total_is_the_worth_of_the_lines_at_their_prices(
    quantity_by_sku: dict[str, int], data: st.DataObject
) -> None:
    prices = {sku: Price(Money(data.draw(st.integers(0, 10_000)), "EUR"), 1) for sku in quantity_by_sku}
    order = draw_up(request_for(quantity_by_sku), prices)
    worth = sum(quantity * prices[sku].unit_price.minor for sku, quantity in quantity_by_sku.items())
    assert order.total == Money(worth, "EUR")
    order.check()


def test_a_seen_price_is_kept_and_another_is_quoted() -> None:
    seen = Price(Money(100, "EUR"), 4)
    request = OrderRequest("c", "k", (LineRequest("A", 1, seen), LineRequest("B", 1)), PaymentMethod.WALLET)
    order = draw_up(request, {"B": Price(Money(7, "EUR"), 9)})
    assert [(line.unit_price.minor, line.price_version) for line in order.lines] == [(100, 4), (7, 9)]


def test_the_payment_has_an_id_of_its_own_and_the_same_for_every_repeat() -> None:
    price = {"A": Price(Money(1, "EUR"), 1)}
    one, two = draw_up(request_for({"A": 1}), price), draw_up(request_for({"A": 2}), price)
    assert one.payment_id == two.payment_id != one.order_id
    assert one.gid == f"place-{one.order_id}"


def test_an_order_in_two_currencies_cannot_be_placed() -> None:
    prices = {"A": Price(Money(1, "EUR"), 1), "B": Price(Money(1, "USD"), 1)}
    with pytest.raises(InvalidOrder, match="CURRENCIES_DIFFER"):
        draw_up(request_for({"A": 1, "B": 1}), prices)


@pytest.mark.parametrize("excess", [0, 1])
def test_an_order_beyond_the_limit_cannot_be_placed(excess: int) -> None:
    prices = {"A": Price(Money(TOTAL_LIMIT, "EUR"), 1), "B": Price(Money(excess, "EUR"), 1)}
    request = request_for({"A": 1, "B": 1})
    if excess:
        with pytest.raises(InvalidOrder, match="TOTAL_TOO_LARGE"):
            draw_up(request, prices)
    else:
        assert draw_up(request, prices).total == Money(TOTAL_LIMIT, "EUR")


def test_a_total_that_is_not_the_worth_of_the_lines_is_refused(new_order: NewOrder) -> None:
    with pytest.raises(InvalidOrder, match="TOTAL_MISMATCH"):
        dataclasses.replace(new_order, total=Money(2099, "EUR")).check()
