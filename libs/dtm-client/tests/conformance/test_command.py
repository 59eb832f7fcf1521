"""The command line of the suite."""

import pytest

from dtm_client.testing.conformance.__main__ import main
from dtm_client.testing.embedded import EmbeddedServer

_MALFORMED = "steps that are not JSON"


def test_it_names_each_scenario_with_its_result_and_ends_with_0(
    embedded_coordinator: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = "a saga runs its actions in order"
    assert main([embedded_coordinator.address, "--only", chosen, "--embedded"]) == 0
    first, *_, last = capsys.readouterr().out.strip().splitlines()
    assert first.split("  ")[:2] == [chosen, "ok"]
    assert last.startswith("embedded coordinator: 1 scenarios, 0 with differences")


def test_it_finds_out_what_kind_of_server_it_is_and_tells_differences_on_purpose(
    embedded_coordinator: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([embedded_coordinator.address, "--http", embedded_coordinator.http, "--only", _MALFORMED]) == 0
    told = capsys.readouterr().out
    assert "ok, on purpose" in told
    assert "clear refusal: DTM answers a malformed request with" in told


def test_it_ends_with_1_when_the_server_differs(
    embedded_coordinator: EmbeddedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    # Taken for a DTM, which answers this otherwise.
    assert main([embedded_coordinator.address, "--only", _MALFORMED]) == 1
    assert "Submit answered INVALID_ARGUMENT 'Steps: not JSON" in capsys.readouterr().out


def test_it_ends_with_1_when_no_scenario_was_run(embedded_coordinator: EmbeddedServer) -> None:
    assert main([embedded_coordinator.address, "--only", "no such name"]) == 1


@pytest.mark.parametrize("how", [[], ["--http", "http://127.0.0.1:1"]])
def test_it_says_that_no_server_answers(how: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    # Nobody listens on port 1.
    assert main(["127.0.0.1:1", *how]) == 1
    assert capsys.readouterr().err.startswith("no server to test: ")
