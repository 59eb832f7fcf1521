"""What a Submit or an Abort with WaitResult is told."""

from dtm_client.coordinator.machine.waiting import answer, round_is_over
from dtm_client.testing.simulation.machine import MachinePlay
from dtm_client.testing.simulation.requests import Requests


def told(play: MachinePlay) -> tuple[str, str]:
    assert round_is_over(play.now)
    reply = answer(play.now)
    return reply.code, reply.text


def test_nothing_is_told_while_a_call_is_under_way(ask: Requests, play: MachinePlay) -> None:
    assert not round_is_over(play.submit(ask.saga(wait=True)).now)


def test_success_is_ok(ask: Requests, play: MachinePlay) -> None:
    assert told(play.submit(ask.saga(steps=1)).answer("a1")) == ("OK", "")


def test_a_saga_that_met_an_error_only_says_that_it_has_not_succeeded(ask: Requests, play: MachinePlay) -> None:
    said = told(play.submit(ask.saga()).answer("a1", "UNAVAILABLE"))
    assert said == ("ABORTED", "wait result not return success: FAILURE")


def test_a_refused_saga_tells_who_refused_even_if_undoing_goes_on(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.saga()).answer("a1", "ABORTED", "sold out").answer("c1", "UNAVAILABLE")
    assert told(play) == ("ABORTED", "url:h:1/t.T/a1 return failed: sold out FAILURE")


def test_a_saga_beyond_its_retry_limit_tells_it(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.saga(steps=1, RetryLimit=1)).answer("a1", "INTERNAL").answer("a1", "INTERNAL").answer("c1")
    assert told(play) == ("ABORTED", "RetryCount is greater than RetryLimit, RetryLimit: 1 FAILURE")


def test_a_message_that_met_an_error_answers_with_the_branchs_code(ask: Requests, play: MachinePlay) -> None:
    code, text = told(play.submit(ask.message()).answer("a1", "UNAVAILABLE", "down"))
    assert code == "UNAVAILABLE"
    assert text.endswith("unkown result will be retried: down")


def test_a_message_whose_step_refuses_answers_with_a_failure_that_is_none(ask: Requests, play: MachinePlay) -> None:
    code, text = told(play.submit(ask.message()).answer("a1", "ABORTED", "no"))
    assert code == "ABORTED"
    assert text.endswith("unkown result will be retried: no FAILURE")


def test_a_message_whose_step_goes_on_only_says_that_it_has_not_succeeded(ask: Requests, play: MachinePlay) -> None:
    said = told(play.submit(ask.message()).answer("a1", "FAILED_PRECONDITION"))
    assert said == ("ABORTED", "wait result not return success: FAILURE")


def test_a_confirm_that_goes_on_answers_ongoing(ask: Requests, play: MachinePlay) -> None:
    play.prepare(ask.tcc()).register(ask.registration(1)).submit(ask.tcc()).answer("y1", "FAILED_PRECONDITION")
    assert told(play) == ("FAILED_PRECONDITION", "ONGOING")


def test_a_delayed_message_is_not_waited_for(ask: Requests, play: MachinePlay) -> None:
    assert told(play.submit(ask.message(delay=9)))[1] == "wait result not return success: FAILURE"


def test_an_abort_waits_for_its_cancels_if_the_prepare_asked_for_it(ask: Requests, play: MachinePlay) -> None:
    play.prepare(ask.tcc(wait=True)).register(ask.registration(1)).abort("tcc")
    assert play.last.reply is None
    assert told(play.answer("n1")) == ("OK", "")


def test_an_abort_is_answered_at_once_otherwise(ask: Requests, play: MachinePlay) -> None:
    play.prepare(ask.tcc()).register(ask.registration(1)).abort("tcc")
    assert play.reply.code == "OK"
