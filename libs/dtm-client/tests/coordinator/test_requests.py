"""Requests that a transaction's state refuses, and those that repeat another."""

import pytest

from dtm_client.testing.simulation.machine import MachinePlay
from dtm_client.testing.simulation.requests import Requests


def finished(ask: Requests, play: MachinePlay) -> MachinePlay:
    return play.submit(ask.saga("s", steps=1)).answer("a1")


def test_a_submit_after_the_end_is_refused(ask: Requests, play: MachinePlay) -> None:
    reply = finished(ask, play).submit(ask.saga(steps=1)).reply
    assert (reply.code, reply.text) == ("ABORTED", "current status 'succeed', cannot sumbmit. FAILURE")


def test_a_prepare_after_the_submit_is_refused(ask: Requests, play: MachinePlay) -> None:
    reply = play.submit(ask.message()).prepare(ask.message()).reply
    assert (reply.code, reply.text) == ("ABORTED", "current status 'submitted', cannot prepare. FAILURE")


def test_a_repeated_prepare_changes_nothing(ask: Requests, play: MachinePlay) -> None:
    play.prepare(ask.tcc(RetryInterval=3)).prepare(ask.tcc(RetryInterval=7))
    assert (play.reply.code, play.now.options.retry_interval) == ("OK", 3)


@pytest.mark.parametrize("mode", ["saga", "msg", ""])
def test_a_tcc_transaction_is_undone_only_by_its_name(ask: Requests, play: MachinePlay, mode: str) -> None:
    reply = play.prepare(ask.tcc()).abort(mode).reply
    assert (reply.code, reply.text) == ("ABORTED", "trans type: 'tcc' current status 'prepared', cannot abort. FAILURE")


def test_a_saga_is_never_aborted(ask: Requests, play: MachinePlay) -> None:
    reply = play.submit(ask.saga()).abort("tcc").reply
    assert (reply.code, reply.text) == (
        "ABORTED",
        "trans type: 'saga' current status 'submitted', cannot abort. FAILURE",
    )


def test_an_abort_of_an_unknown_gid_says_so(play: MachinePlay) -> None:
    reply = play.abort("tcc").reply
    assert (reply.code, reply.text) == ("INTERNAL", "no TransGlobal with gid: gid found")


def test_a_registration_for_an_unknown_gid_is_refused(ask: Requests, play: MachinePlay) -> None:
    assert play.register(ask.registration(1)).reply.code == "ABORTED"


@pytest.mark.requirement("coordinator.submit-starts-one-runner")
def test_a_repeated_submit_makes_no_second_call(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.saga()).submit(ask.saga())
    assert (play.called, play.reply.code) == (["a1"], "OK")


def test_a_repeated_submit_calls_now_what_rests(ask: Requests, play: MachinePlay) -> None:
    play.submit(ask.saga()).answer("a1", "UNAVAILABLE").submit(ask.saga())
    assert play.called == ["a1", "a1"]


def test_a_repeated_abort_calls_now_what_rests(ask: Requests, play: MachinePlay) -> None:
    play.prepare(ask.tcc()).register(ask.registration(1)).abort("tcc").answer("n1", "UNAVAILABLE").abort("tcc")
    assert play.called == ["n1", "n1"]


def test_a_submit_of_a_prepared_gid_under_another_name_runs_what_was_prepared(ask: Requests, play: MachinePlay) -> None:
    play.prepare(ask.tcc("x")).register(ask.registration(1, "x")).submit(ask.saga("x"))
    assert play.called == ["y1"]


@pytest.mark.requirement("coordinator.replies-after-flush")
def test_every_request_that_changes_something_is_stored_before_it_is_answered(ask: Requests, play: MachinePlay) -> None:
    assert play.prepare(ask.tcc()).last.decides
    assert play.register(ask.registration(1)).last.decides
    assert play.submit(ask.tcc()).last.decides
