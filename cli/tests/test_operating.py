"""Hurrying and stopping a transaction by the command, at an embedded coordinator."""

import pytest
from typer.testing import CliRunner, Result

from accord.cli.commands.transaction import app
from accord.cli.errors import Refused, Unreachable, WrongUsage
from dtm_client import Options, Saga, SagaStep, StillRunning, Succeeded, SyncDtmClient, Tcc
from dtm_client.testing.embedded import EmbeddedServer


def accord(address: str, *arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, env={"ACCORD_COORDINATOR_HTTP": address})


@pytest.fixture
def stuck(embedded_coordinator: EmbeddedServer) -> str:
    """The gid of a saga whose branch is nowhere."""
    saga = Saga("stuck-x", (SagaStep("127.0.0.1:1/a.B/Do", "", b""),), options=Options(retry_interval=50))
    with SyncDtmClient(embedded_coordinator.address) as dtm:
        assert isinstance(dtm.saga(saga, wait=True, deadline=0.3), StillRunning)
    return saga.gid


def test_a_stuck_transaction_is_called_next_and_can_be_stopped_once_that_is_meant(
    embedded_coordinator: EmbeddedServer, stuck: str
) -> None:
    address = embedded_coordinator.http.removeprefix("http://")
    retried = accord(address, "retry", stuck)
    assert (retried.exit_code, retried.output) == (0, f"transaction {stuck} is called next\n")

    refused = accord(address, "stop", stuck)
    assert isinstance(refused.exception, WrongUsage)
    assert "--yes" in str(refused.exception)

    stopped = accord(address, "stop", stuck, "--yes")
    assert (stopped.exit_code, stopped.output) == (0, f"transaction {stuck} is failed; nothing was undone\n")

    late = accord(address, "retry", stuck)
    assert isinstance(late.exception, Refused)
    assert "its status is failed" in str(late.exception)


def test_a_transaction_that_cannot_be_stopped_says_why(embedded_coordinator: EmbeddedServer) -> None:
    with SyncDtmClient(embedded_coordinator.address) as dtm:
        assert dtm.tcc(Tcc("done-x"), lambda _branches: None, wait=True) == Succeeded()
    for gid, status in (("done-x", "succeed"), ("nobody", "unknown")):
        ended = accord(embedded_coordinator.http, "stop", gid, "--yes")
        assert isinstance(ended.exception, Refused)
        assert f"its status is {status}" in str(ended.exception)


@pytest.mark.parametrize(
    ("address", "gid", "error", "words"),
    [
        ("127.0.0.1:1", "g", Unreachable, "ACCORD_COORDINATOR_HTTP"),
        ("127.0.0.1:1", "a gid", WrongUsage, "gid"),
    ],
)
def test_what_cannot_be_asked_is_one_clear_line(address: str, gid: str, error: type[Exception], words: str) -> None:
    ended = accord(address, "retry", gid)
    assert isinstance(ended.exception, error)
    assert words in str(ended.exception)
