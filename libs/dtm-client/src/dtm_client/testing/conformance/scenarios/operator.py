"""What an operator may ask over HTTP: to be called sooner, and to be left alone."""

from functools import partial

from grpc import StatusCode

from dtm_client.testing.conformance import requests
from dtm_client.testing.conformance.kinds import EMBEDDED, SQL, Kind
from dtm_client.testing.conformance.requests import SUCCEEDED, options, submit
from dtm_client.testing.conformance.scenario import (
    GID,
    Answer,
    Await,
    Mark,
    Post,
    Reach,
    Release,
    Scenario,
    Send,
    Shows,
)

action = partial(requests.call, "saga", "action")
_NOT_YET = "wait result not return success: FAILURE"
_RETRY, _STOP = "resetNextCronTime", "forceStop"
_STUCK = Send("Submit", requests.saga(1, options(retry=40, wait=True)), StatusCode.ABORTED, _NOT_YET)
_DOWN = Answer(StatusCode.UNAVAILABLE, "down")
_OTHER = f"{GID}.b"
# DTM takes what is due longest first, so when this one was called again, the first would have been.
_ANOTHER_IS_RETRIED = (
    Send("Submit", requests.saga(1, options(retry=1, wait=True), gid=_OTHER), StatusCode.ABORTED, _NOT_YET),
    Reach("succeed", _OTHER),
)
_STOPPED_MEANWHILE = "an operator stops a transaction while a branch is at work, which then fails"
_STOPPED_DURING_A_CALL = (
    submit(requests.saga(1, options(retry=1))),
    Await(Mark("01", "action")),
    Post(_STOP),
    Reach("failed"),
    Release(Mark("01", "action")),
)
_FAILS_LATE = {("01", "action"): (Answer(StatusCode.UNAVAILABLE, "down", held=True),)}
_RETRIED = "an operator lets a transaction be called before its time"

SCENARIOS = (
    Scenario(
        _RETRIED,
        (_STUCK, Post(_RETRY), SUCCEEDED),
        (action(1), action(1)),
        {("01", "action"): (_DOWN,)},
        servers=SQL | EMBEDDED,
    ),
    Scenario(
        # It is answered 200, and the time that the API shows is the new one.
        _RETRIED,
        (
            _STUCK,
            Post(_RETRY),
            *_ANOTHER_IS_RETRIED,
            Reach("submitted"),
            Shows("next_cron_interval", 80),
            submit(requests.saga(1, options(retry=40))),
            SUCCEEDED,
        ),
        (action(1), action(1), action(1, gid=_OTHER), action(1, gid=_OTHER)),
        {("01", "action"): (_DOWN,)},
        servers=frozenset({Kind.BOLTDB, Kind.REDIS}),
    ),
    Scenario(
        "an operator stops a transaction, and nothing is undone",
        (_STUCK, Post(_STOP), Reach("failed"), Post(_STOP, 409), Shows("rollback_reason", None)),
        (action(1),),
        {("01", "action"): (_DOWN,)},
    ),
    Scenario(
        _STOPPED_MEANWHILE,
        (*_STOPPED_DURING_A_CALL, Reach("failed")),
        (action(1),),
        _FAILS_LATE,
        servers=frozenset(Kind) - {Kind.BOLTDB},
    ),
    Scenario(
        # The call's error writes the whole record back, and with it the status before the stop.
        _STOPPED_MEANWHILE,
        (*_STOPPED_DURING_A_CALL, SUCCEEDED),
        (action(1), action(1)),
        _FAILS_LATE,
        servers=frozenset({Kind.BOLTDB}),
    ),
    Scenario(
        "an operator is told of a transaction that is unknown",
        (Post(_RETRY, 500), Post(_STOP, 500), Reach("unknown")),
    ),
    Scenario(
        "an operator who hurries a finished transaction changes nothing",
        (submit(requests.saga(1, options(wait=True))), Post(_RETRY), Post(_STOP, 409), SUCCEEDED),
        (action(1),),
    ),
)
