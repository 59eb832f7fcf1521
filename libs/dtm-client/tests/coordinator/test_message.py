import pytest

from dtm_client.testing.simulation.machine import MachinePlay
from dtm_client.testing.simulation.requests import Requests


def test_steps_are_delivered_in_order(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.message(steps=2)).answer("a1").answer("a2")
    assert (play.status, play.called) == ("succeed", ["a1", "a2"])


@pytest.mark.requirement("message.steps-are-repeated")
def test_a_step_that_refuses_is_repeated_and_blocks_the_later_ones(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.message(steps=2)).answer("a1", "ABORTED", "no")
    assert (play.status, play.open) == ("submitted", {})
    play.tick(20.0)
    assert list(play.open) == ["a1"]


@pytest.mark.requirement("message.prepared-is-asked-for")
def test_the_query_is_asked_when_no_submit_came_in_35_seconds(ask: Requests, play: MachinePlay) -> None:
    play.prepare(ask.message())
    assert play.tick(34.9).open == {}
    play.tick(35.0)
    call = play.open["q"]
    assert (call.branch_id, call.operation, call.payload) == ("00", "msg", b"")


@pytest.mark.requirement("message.prepared-is-asked-for")
def test_a_committed_answer_to_the_query_delivers_the_message(ask: Requests, play: MachinePlay) -> None:
    play.prepare(ask.message(TimeoutToFail=3)).tick(3.0).answer("q")
    assert (play.status, list(play.open)) == ("submitted", ["a1"])


@pytest.mark.requirement("message.prepared-is-asked-for")
def test_an_aborted_answer_to_the_query_drops_the_message(ask: Requests, play: MachinePlay) -> None:
    play.prepare(ask.message()).tick(35.0).answer("q", "ABORTED")
    assert (play.status, play.called) == ("failed", ["q"])


@pytest.mark.parametrize(("code", "wait"), [("FAILED_PRECONDITION", 10.0), ("UNAVAILABLE", 20.0)])
def test_any_other_answer_to_the_query_asks_again(ask: Requests, play: MachinePlay, code: str, wait: float) -> None:
    play.prepare(ask.message()).tick(35.0).answer("q", code)
    assert play.now.round.due == 35.0 + wait
    play.tick(35.0 + wait)
    assert list(play.open) == ["q"]


def test_a_submit_during_the_query_delivers_once(ask: Requests, play: MachinePlay) -> None:
    play.prepare(ask.message(steps=1)).tick(35.0).submit(ask.message(steps=1))
    play.answer("q").answer("a1")
    assert (play.status, play.called) == ("succeed", ["q", "a1"])


def test_a_message_without_query_counts_as_committed(ask: Requests, play: MachinePlay) -> None:
    play.prepare(ask.message(query="", TimeoutToFail=2)).tick(2.0)
    assert list(play.open) == ["a1"]


def test_an_abort_drops_a_prepared_message_whatever_it_is_called(ask: Requests, play: MachinePlay) -> None:
    play.prepare(ask.message()).abort("saga")
    assert (play.status, play.reply.code) == ("failed", "OK")


def test_a_delay_holds_back_the_first_delivery_even_from_a_repeated_submit(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.message(delay=4)).submit(ask.message(delay=4))
    assert play.open == {}
    play.tick(4.0)
    assert list(play.open) == ["a1"]


@pytest.mark.requirement("coordinator.times-survive-restart")
def test_a_delay_survives_a_restart(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.message(delay=4)).crash()
    assert (play.open, play.now.round.due) == ({}, 4.0)


def test_a_message_that_was_never_prepared_is_not_asked_for(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.message(steps=1)).answer("a1")
    assert (play.status, play.called) == ("succeed", ["a1"])


@pytest.mark.requirement("coordinator.times-survive-restart")
def test_a_restart_asks_at_the_time_that_was_set_before_and_at_once_if_it_has_passed(
    ask: Requests, play: MachinePlay
) -> None:
    play.prepare(ask.message()).crash()
    assert (play.open, play.now.round.due) == ({}, 35.0)
    play.at = 36.0
    assert list(play.crash().open) == ["q"]
