"""The schema and its migrations."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from accord.adapters.sql.drift import schema_drift
from accord.ports.money import Money
from accord.services.order.domain.new_order import NewOrder
from accord.services.order.domain.order import OrderLine, PaymentMethod
from accord.services.order.infrastructure.persistence import draft, times
from accord.services.order.infrastructure.persistence.migrations import MIGRATIONS
from accord.services.order.infrastructure.persistence.schema import METADATA

money = st.builds(Money, st.integers(0, 10**12), st.sampled_from(["EUR", "JPY"]))
lines = st.builds(OrderLine, st.text(max_size=5), st.integers(1, 10**4), money, st.integers(1, 2**62))
orders = st.builds(
    NewOrder, st.text(), st.text(), st.lists(lines).map(tuple), money, st.sampled_from(PaymentMethod), st.text()
)


def test_the_migrations_make_the_schema(tmp_path: Path) -> None:
    assert schema_drift(MIGRATIONS, METADATA, f"sqlite:///{tmp_path}/drift.db") == []


@given(orders)
def test_a_draft_is_read_back_as_it_was_written(order: NewOrder) -> None:
    assert draft.from_row(draft.to_row(order)) == order


@given(st.integers(0, 2**51))
def test_a_time_is_read_back_to_the_microsecond(microseconds: int) -> None:
    assert times.to_row(times.from_row(microseconds)) == microseconds
