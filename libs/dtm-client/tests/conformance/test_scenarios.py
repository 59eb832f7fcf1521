"""Rules that the scenarios themselves keep."""

from collections import Counter

import pytest

from dtm_client.testing.conformance import differences
from dtm_client.testing.conformance.kinds import EMBEDDED, Kind
from dtm_client.testing.conformance.scenario import Difference
from dtm_client.testing.conformance.scenarios import SCENARIOS


@pytest.mark.parametrize("kind", Kind)
def test_each_name_stands_once_for_each_kind_of_server(kind: Kind) -> None:
    names = Counter(scenario.name for scenario in SCENARIOS if kind in scenario.servers)
    assert set(names.values()) == {1}
    assert set(names) == {scenario.name for scenario in SCENARIOS}


def test_where_the_embedded_coordinator_stands_alone_it_is_said_why() -> None:
    alone = {one.name for one in SCENARIOS if one.servers == EMBEDDED}
    assert alone == {one.name for one in SCENARIOS if one.difference}


def test_every_difference_on_purpose_is_shown_by_a_scenario() -> None:
    named = {value for value in vars(differences).values() if isinstance(value, Difference)}
    assert named == {scenario.difference for scenario in SCENARIOS} - {None}
