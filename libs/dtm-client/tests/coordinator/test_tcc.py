import pytest

from dtm_client.testing.simulation.machine import MachinePlay
from dtm_client.testing.simulation.requests import Requests


@pytest.fixture
def registered(ask: Requests, play: MachinePlay) -> MachinePlay:
    """Prepared, with three branches."""
    play.prepare(ask.tcc())
    for number in (1, 2, 3):
        play.register(ask.registration(number))
    return play


@pytest.mark.requirement("tcc.confirmed-in-reverse")
def test_submit_confirms_one_by_one_the_last_registered_first(ask: Requests, registered: MachinePlay) -> None:
    registered.submit(ask.tcc())
    assert list(registered.open) == ["y3"]
    registered.answer("y3").answer("y2").answer("y1")
    assert (registered.status, registered.called) == ("succeed", ["y3", "y2", "y1"])


@pytest.mark.requirement("tcc.confirmed-in-reverse")
def test_abort_cancels_one_by_one_the_last_registered_first(registered: MachinePlay) -> None:
    registered.abort("tcc", "the try failed")
    registered.answer("n3").answer("n2").answer("n1")
    assert (registered.status, registered.called) == ("failed", ["n3", "n2", "n1"])
    assert registered.now.reason == "the try failed"


@pytest.mark.requirement("tcc.confirm-is-repeated")
def test_a_confirm_that_fails_holds_back_the_others_until_it_succeeds(ask: Requests, registered: MachinePlay) -> None:
    registered.submit(ask.tcc()).answer("y3", "ABORTED", "never")
    assert (registered.status, registered.open) == ("submitted", {})
    registered.tick(20.0).answer("y3").answer("y2").answer("y1")
    assert registered.status == "succeed"


@pytest.mark.requirement("tcc.abandoned-is-cancelled")
def test_a_caller_that_never_comes_back_means_cancel_after_35_seconds(registered: MachinePlay) -> None:
    assert registered.tick(34.9).status == "prepared"
    assert registered.tick(35.0).status == "aborting"
    assert registered.now.reason == "Timeout after 35 seconds"


def test_the_timeout_option_replaces_the_default(ask: Requests, play: MachinePlay) -> None:
    play.prepare(ask.tcc(TimeoutToFail=5)).register(ask.registration(1)).tick(5.0)
    assert list(play.open) == ["n1"]


def test_a_transaction_without_branches_ends_with_its_submit(ask: Requests, play: MachinePlay) -> None:
    assert play.submit(ask.tcc()).status == "succeed"


def test_the_branches_of_one_transaction_are_told_apart_by_their_ids(ask: Requests, registered: MachinePlay) -> None:
    registered.register(ask.registration(2))
    assert (registered.reply.code, registered.reply.text) == ("UNKNOWN", "storage: UniqueKeyConflict")
    assert len(registered.now.branches) == 6


def test_a_registration_after_the_decision_is_refused(ask: Requests, registered: MachinePlay) -> None:
    registered.submit(ask.tcc()).register(ask.registration(4))
    assert registered.reply.text == "no trans with gid: t status: prepared found FAILURE"


def test_a_restart_goes_on_with_the_confirm_that_was_cut(ask: Requests, registered: MachinePlay) -> None:
    registered.submit(ask.tcc()).answer("y3").crash()
    assert list(registered.open) == ["y2"]
