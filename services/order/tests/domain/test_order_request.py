"""The names that follow from a request."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.ports.money import Money
from accord.services.order.domain.order import PaymentMethod
from accord.services.order.domain.order_request import LineRequest, OrderRequest
from accord.services.order.domain.price_list import Price

names = st.text("ab:1", max_size=6)
lines = st.lists(
    st.builds(
        LineRequest,
        sku=st.sampled_from(["A", "B"]),
        quantity=st.integers(1, 3),
        seen_price=st.none() | st.builds(Price, st.just(Money(100, "EUR")), st.integers(1, 2)),
    ),
    min_size=1,
    max_size=3,
).map(tuple)
requests = st.builds(
    OrderRequest,
    customer_id=names,
    idempotency_key=names,
    lines=lines,
    payment_method=st.sampled_from(PaymentMethod),
)


@pytest.mark.requirement("placing.id-of-caller-and-key")
@given(requests, requests)
def test_orders_have_one_id_exactly_if_customer_and_key_are_the_same(one: OrderRequest, other: OrderRequest) -> None:
    same = (one.customer_id, one.idempotency_key) == (other.customer_id, other.idempotency_key)
    assert (one.order_id == other.order_id) is same


@pytest.mark.requirement("placing.id-of-caller-and-key")
def test_where_the_customer_ends_and_the_key_begins_is_part_of_the_id() -> None:
    line = (LineRequest("A", 1),)
    ids = {OrderRequest(c, k, line, PaymentMethod.HOSTED).order_id for c, k in [("a", "bc"), ("ab", "c"), ("abc", "")]}
    assert len(ids) == 3


def test_the_id_of_a_known_request_never_changes() -> None:
    request = OrderRequest("carla", "key-1", (LineRequest("TEA", 1),), PaymentMethod.HOSTED)
    assert request.order_id == "881cf6d3-ca12-527a-9329-294eea9dffa0"
    assert request.digest == "3f7f9e88955713deb5c0faee5de043556e1bb7deeef406a56225c6dad0fb8f35"


@given(requests, requests)
def test_requests_have_one_digest_exactly_if_the_same_is_asked_for(one: OrderRequest, other: OrderRequest) -> None:
    asked = dataclasses.replace(one, idempotency_key=other.idempotency_key)
    assert (one.digest == other.digest) is (asked == other)


@pytest.mark.parametrize("key", ["a", "A", "a ", "1:a"])
def test_the_key_is_no_part_of_the_digest(key: str) -> None:
    line = (LineRequest("TEA", 1),)
    assert (
        OrderRequest("carla", key, line, PaymentMethod.HOSTED).digest
        == OrderRequest("carla", "other", line, PaymentMethod.HOSTED).digest
    )


def test_only_lines_without_a_seen_price_are_quoted() -> None:
    seen = Price(Money(1, "EUR"), 1)
    request = OrderRequest("c", "k", (LineRequest("A", 1, seen), LineRequest("B", 1)), PaymentMethod.WALLET)
    assert request.unpriced == ("B",)
