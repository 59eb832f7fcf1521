"""Hurrying and stopping a transaction, by the answers that each kind of manager gives."""

import json

import pytest

from dtm_client.errors import ProtocolViolation, ServerUnavailable
from dtm_client.testing.play import Play
from dtm_client.transactions.conversation import HttpAnswer, Query
from dtm_client.transactions.operate import hurry, stop
from dtm_client.values.hurried import Due, NotHurried
from dtm_client.values.status import Status, TransactionState

RETRY, STOP, QUERY = "/api/dtmsvr/resetNextCronTime", "/api/dtmsvr/forceStop", "/api/dtmsvr/query?gid=g&_=/query"
DONE = HttpAnswer(200, b'{"dtm_result":"SUCCESS"}')
BROKEN = HttpAnswer(500, b'{"message":"dial tcp: refused"}')
UNKNOWN = HttpAnswer(500, b'{"message":"no TransGlobal with gid: g found"}')
FINAL = HttpAnswer(409, b'{"dtm_result":"FAILURE"}')


def shown(status: str | None, **fields: object) -> HttpAnswer:
    transaction = {"status": status, **fields} if status else None
    return HttpAnswer(200, json.dumps({"transaction": transaction, "branches": []}).encode())


@pytest.mark.parametrize("fields", [{"id": 7}, {}])
def test_a_transaction_is_hurried_where_the_manager_can(play: Play, fields: dict[str, object]) -> None:
    """The first is DTM on an SQL store, the other the embedded coordinator."""
    assert play(hurry("g", play.retry()), shown("submitted", **fields), DONE) == Due()
    assert play.calls == [QUERY, RETRY]
    assert isinstance(play.asked[1], Query)
    assert play.asked[1].body == b'{"gid": "g"}'


def test_dtm_on_boltdb_and_redis_is_not_even_asked(play: Play) -> None:
    outcome = play(hurry("g", play.retry()), shown("submitted", id=0))

    assert isinstance(outcome, NotHurried)
    assert "boltdb and Redis" in outcome.reason
    assert play.calls == [QUERY]


@pytest.mark.parametrize(("status", "words"), [("succeed", "final: its status is succeed"), (None, "nothing of")])
def test_what_cannot_be_hurried_says_why(play: Play, status: str | None, words: str) -> None:
    outcome = play(hurry("g", play.retry()), shown(status, id=7))

    assert isinstance(outcome, NotHurried)
    assert words in outcome.reason


def test_a_transaction_that_is_forgotten_meanwhile_is_not_hurried(play: Play) -> None:
    assert isinstance(play(hurry("g", play.retry()), shown("submitted", id=7), UNKNOWN), NotHurried)


def test_a_lost_answer_is_asked_for_again(play: Play) -> None:
    assert play(hurry("g", play.retry()), None, BROKEN, shown("aborting", id=7), None, BROKEN, DONE) == Due()
    assert play.calls == [QUERY, QUERY, QUERY, RETRY, RETRY, RETRY]


def test_a_stopped_transaction_is_failed(play: Play) -> None:
    assert play(stop("g", play.retry()), DONE, shown("failed")) == TransactionState(Status.FAILED)
    assert play.calls == [STOP, QUERY]


def test_a_stop_that_comes_too_late_tells_where_the_transaction_stands(play: Play) -> None:
    assert play(stop("g", play.retry()), FINAL, shown("succeed")) == TransactionState(Status.SUCCEEDED)
    assert play(stop("g", play.retry()), UNKNOWN, shown(None)) == TransactionState(Status.UNKNOWN_GID)


def test_without_an_answer_neither_goes_on_after_the_deadline(play: Play) -> None:
    for operate in (hurry, stop):
        with pytest.raises(ServerUnavailable):
            play(operate("g", play.retry()), then=BROKEN)
    assert 18 < play.time <= 20


def test_a_manager_that_has_no_such_request_is_none_of_dtm(play: Play) -> None:
    with pytest.raises(ProtocolViolation):
        play(stop("g", play.retry()), HttpAnswer(404, b"404 page not found"))
    with pytest.raises(ProtocolViolation):
        play(hurry("g", play.retry()), HttpAnswer(200, b"[]"))
