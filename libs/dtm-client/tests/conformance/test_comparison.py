"""How branch calls are compared."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from dtm_client.testing.conformance.comparison import call_differences
from dtm_client.testing.conformance.journal import Arrival
from dtm_client.testing.conformance.requests import call
from dtm_client.testing.conformance.scenario import Call, Expected, Repeated, Scenario, Together

ONE, TWO, THREE = (call("saga", "action", step) for step in (1, 2, 3))


def found(expected: Sequence[Expected], came: Sequence[Call], most_in_flight: int | None = None) -> list[str]:
    arrivals = [Arrival(one, 1, seconds_left=3.0, at_work=1) for one in came]
    return call_differences(Scenario("any", (), tuple(expected), most_in_flight=most_in_flight), arrivals)


@pytest.mark.parametrize(
    ("expected", "came"),
    [
        ([], []),
        ([ONE, TWO], [ONE, TWO]),
        ([Together((ONE, TWO)), THREE], [TWO, ONE, THREE]),
        ([Repeated(ONE), TWO], [ONE, ONE, ONE, TWO]),
        ([Repeated(ONE), TWO], [ONE, TWO]),
        ([ONE, replace(TWO, gid="{gid}.b")], [replace(TWO, gid="{gid}.b"), ONE]),
    ],
)
def test_what_was_expected_is_no_difference(expected: list[Expected], came: list[Call]) -> None:
    assert found(expected, came) == []


@pytest.mark.parametrize(
    ("expected", "came"),
    [
        ([ONE, TWO], [TWO, ONE]),
        ([ONE, TWO], [ONE]),
        ([ONE], [ONE, ONE]),
        ([ONE], [ONE, TWO]),
        ([], [ONE]),
        ([Together((ONE, TWO)), THREE], [ONE, THREE, TWO]),
        ([Together((ONE, TWO))], [ONE, ONE]),
        ([Repeated(ONE), TWO], [TWO]),
        ([ONE], [replace(ONE, payload=b"other")]),
        ([ONE], [replace(ONE, method="/conformance.Branch/Other")]),
        ([ONE], [replace(ONE, branch="1")]),
        ([ONE], [replace(ONE, operation="compensate")]),
        ([ONE], [replace(ONE, mode="msg")]),
        ([ONE], [replace(ONE, headers=())]),
        ([ONE], [replace(ONE, headers=(*ONE.headers, ("more", "")))]),
        ([ONE], [replace(ONE, gid="{gid}.b")]),
    ],
)
def test_anything_else_is_a_difference(expected: list[Expected], came: list[Call]) -> None:
    assert found(expected, came)


def test_a_call_without_deadline_or_with_a_later_one_is_a_difference() -> None:
    for seconds in (0.0, 4.0):
        arrival = Arrival(ONE, 1, seconds_left=seconds, at_work=1)
        assert "deadline" in call_differences(Scenario("any", (), (ONE,)), [arrival])[0]


def test_another_number_of_calls_at_once_is_a_difference() -> None:
    assert found([ONE], [ONE], most_in_flight=1) == []
    assert found([ONE], [ONE], most_in_flight=2) == ["1 branch calls at once, expected 2"]
