import pytest

from dtm_client.testing.simulation.machine import MachinePlay
from dtm_client.testing.simulation.requests import Requests


@pytest.mark.requirement("saga.actions-in-order")
def test_actions_run_one_after_the_other(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.saga(steps=3))
    assert list(play.open) == ["a1"]
    play.answer("a1").answer("a2")
    assert list(play.open) == ["a3"]
    play.answer("a3")
    assert (play.status, play.called) == ("succeed", ["a1", "a2", "a3"])


@pytest.mark.requirement("saga.undo-in-reverse")
def test_a_refusal_undoes_in_reverse_and_the_refusing_branch_too(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.saga(steps=3)).answer("a1").answer("a2", "ABORTED", "sold out")
    assert play.status == "aborting"
    play.answer("c2")
    assert list(play.open) == ["c1"]
    play.answer("c1")
    assert (play.status, play.called) == ("failed", ["a1", "a2", "c2", "c1"])
    assert play.now.reason == "url:h:1/t.T/a2 return failed: sold out FAILURE"


def test_an_empty_url_counts_as_success_and_is_not_called(ask: Requests, play: MachinePlay) -> None:
    request = ask.saga(steps=2)
    request.Steps = '[{"action": "", "compensate": ""}, {"action": "h:1/t.T/a2", "compensate": "h:1/t.T/c2"}]'
    play.submit(request).answer("a2", "ABORTED").answer("c2")
    assert (play.status, play.called) == ("failed", ["a2", "c2"])


def test_a_saga_without_steps_succeeds_at_once(ask: Requests, play: MachinePlay) -> None:
    assert play.submit(ask.saga(steps=0)).status == "succeed"


def test_a_concurrent_saga_starts_everything_at_once(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.saga(steps=3, concurrent=True))
    assert sorted(play.open) == ["a1", "a2", "a3"]


def test_orders_hold_back_a_step_until_those_before_it_succeeded(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.saga(steps=3, concurrent=True, orders={"2": [0, 1]}))
    assert sorted(play.open) == ["a1", "a2"]
    play.answer("a2")
    assert sorted(play.open) == ["a1"]
    play.answer("a1").answer("a3")
    assert play.status == "succeed"


def test_what_runs_while_another_refuses_is_undone_at_once_and_its_answer_dropped(
    ask: Requests, play: MachinePlay
) -> None:
    play.submit(ask.saga(steps=3, concurrent=True)).answer("a1").answer("a2", "ABORTED")
    assert sorted(play.open) == ["a3", "c1", "c2", "c3"]
    play.answer("a3").answer("c1").answer("c2").answer("c3")
    assert play.status == "failed"


def test_orders_hold_for_the_undoing_in_reverse(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.saga(steps=3, concurrent=True, orders={"1": [0], "2": [1]}))
    play.answer("a1").answer("a2").answer("a3", "ABORTED")
    assert list(play.open) == ["c3"]
    play.answer("c3").answer("c2").answer("c1")
    assert play.status == "failed"


@pytest.mark.requirement("saga.undo-is-repeated")
def test_a_compensation_that_answers_aborted_is_repeated_until_it_succeeds(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.saga(steps=1)).answer("a1", "ABORTED").answer("c1", "ABORTED")
    assert (play.status, play.open) == ("aborting", {})
    play.wake().answer("c1")
    assert play.status == "failed"


def test_the_retry_limit_repeats_at_once_and_then_undoes(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.saga(steps=1, RetryLimit=2))
    for code in ("UNAVAILABLE", "FAILED_PRECONDITION", "UNAVAILABLE"):
        play.answer("a1", code)
    assert play.called == ["a1", "a1", "a1", "c1"]
    assert play.now.reason == "RetryCount is greater than RetryLimit, RetryLimit: 2"


def test_a_saga_past_its_timeout_is_undone_with_the_call_under_way(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.saga(steps=3, TimeoutToFail=20)).answer("a1")
    play.tick(20.0)
    assert (play.status, list(play.open)) == ("aborting", ["a2", "c2"])
    assert play.now.reason == "Timeout after 20 seconds"
    play.answer("c2").answer("c1")
    assert (play.status, play.called) == ("failed", ["a1", "a2", "c2", "c1"])


def test_a_call_that_a_crash_cut_is_made_again(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.saga(steps=2)).answer("a1").crash()
    assert list(play.open) == ["a2"]


def test_an_action_whose_turn_it_was_at_a_crash_is_undone_if_the_saga_is(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.saga(steps=3, TimeoutToFail=20)).answer("a1").crash()
    play.tick(20.0).answer("c2").answer("c1")
    assert (play.status, play.called) == ("failed", ["a1", "a2", "a2", "c2", "c1"])


@pytest.mark.requirement("coordinator.saga-success-is-flushed")
def test_a_success_is_stored_before_the_next_action_is_called(ask: Requests, play: MachinePlay) -> None:
    assert play.submit(ask.saga(steps=2)).answer("a1").last.decides
