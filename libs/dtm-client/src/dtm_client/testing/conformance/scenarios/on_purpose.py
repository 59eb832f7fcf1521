"""Where the embedded coordinator is meant to behave otherwise than DTM."""

from dataclasses import replace
from functools import partial

from grpc import StatusCode

from dtm_client.testing.conformance import requests
from dtm_client.testing.conformance.differences import ALL_AT_ONCE, CAPPED_BACKOFF, ONE_RUNNER, STORED_FIRST
from dtm_client.testing.conformance.kinds import DTM, EMBEDDED, Kind
from dtm_client.testing.conformance.requests import FAILED, SUCCEEDED, options, prepare, register, submit, tcc
from dtm_client.testing.conformance.scenario import (
    GID,
    Answer,
    Await,
    Mark,
    Move,
    Reach,
    Release,
    Repeated,
    Scenario,
    Send,
    Shows,
)

action = partial(requests.call, "saga", "action")
confirm = partial(requests.call, "tcc", "confirm")
cancel = partial(requests.call, "tcc", "cancel")
_HELD = Answer(held=True)
_FIRST, _SECOND = Mark("01", "action", 1), Mark("01", "action", 2)
_AGAIN = "a Submit that is repeated while the saga runs"
_ABORT_AGAIN = "an Abort that is repeated while the transaction is undone"

_GIDS = tuple(f"{GID}.{letter}" for letter in "abc")
_SLOW = options(retry=1, deadline=1, wait=True)
# Each is not ready at first and then too slow for its deadline: how many of them are slow at the same time?
_ONE_AFTER_THE_OTHER = Scenario(
    "transactions that are due together, with slow branches",
    (
        *(
            Send(
                "Submit",
                requests.saga(1, _SLOW, gid=gid),
                StatusCode.ABORTED,
                "wait result not return success: FAILURE",
            )
            for gid in _GIDS
        ),
        *(Reach("succeed", gid) for gid in _GIDS),
    ),
    tuple(action(1, gid=gid) for gid in _GIDS for _ in range(3)),
    {("01", "action"): (Answer(StatusCode.FAILED_PRECONDITION, "wait"), _HELD)},
    deadline=1,
    most_in_flight=1,
    difference=ALL_AT_ONCE,
    servers=DTM,
)

_OTHER_MODE = "a Submit that calls a prepared transaction by another mode"
_SUBMITTED_AS_SAGA: tuple[Move, ...] = (
    prepare(tcc()),
    *register(1),
    submit(requests.saga(1, options(wait=True))),
    SUCCEEDED,
)

_LONG_WAIT = "the wait after an error, with a long RetryInterval"
_DOWN = {("01", "action"): (Answer(StatusCode.UNAVAILABLE, "down"),)}
_NOT_YET = "wait result not return success: FAILURE"


def _repeated_after(seconds: int) -> tuple[Move, ...]:
    """A saga that would be repeated after that many seconds; a second Submit repeats it at once, to end it."""
    request = requests.saga(1, options(retry=40, wait=True))
    return (
        Send("Submit", request, StatusCode.ABORTED, _NOT_YET),
        Shows("next_cron_interval", seconds),
        submit(requests.saga(1, options(retry=40))),
        SUCCEEDED,
    )


SCENARIOS = (
    Scenario(
        _AGAIN,
        (
            submit(requests.saga(1)),
            Await(_FIRST),
            submit(requests.saga(1)),
            Await(_SECOND),
            Release(_FIRST),
            Release(_SECOND),
            SUCCEEDED,
        ),
        (action(1), action(1)),
        {("01", "action"): (_HELD, _HELD)},
        difference=ONE_RUNNER,
        servers=DTM,
    ),
    Scenario(
        _AGAIN,
        (submit(requests.saga(1)), Await(_FIRST), submit(requests.saga(1)), Release(_FIRST), SUCCEEDED),
        (action(1),),
        {("01", "action"): (_HELD,)},
        difference=ONE_RUNNER,
        servers=EMBEDDED,
    ),
    Scenario(
        _ABORT_AGAIN,
        (
            prepare(tcc()),
            *register(1),
            Send("Abort", tcc()),
            Await(Mark("01", "cancel")),
            Send("Abort", tcc()),
            Await(Mark("01", "cancel", 2)),
            Release(Mark("01", "cancel")),
            Release(Mark("01", "cancel", 2)),
            FAILED,
        ),
        (cancel(1), cancel(1)),
        {("01", "cancel"): (_HELD, _HELD)},
        difference=ONE_RUNNER,
        servers=DTM - {Kind.MYSQL},
    ),
    Scenario(
        # MySQL counts no row for an UPDATE that changes nothing, and its times are whole seconds: the repeat is
        # refused within the second of the first Abort, and is a second runner after it.
        _ABORT_AGAIN,
        (
            prepare(tcc()),
            *register(1),
            Send("Abort", tcc()),
            Await(Mark("01", "cancel")),
            Send("Abort", tcc(), StatusCode.INTERNAL, "storage: NotFound", also=StatusCode.OK),
            Release(Mark("01", "cancel")),
            FAILED,
        ),
        (Repeated(cancel(1)),),
        {("01", "cancel"): (_HELD,)},
        difference=ONE_RUNNER,
        servers=frozenset({Kind.MYSQL}),
    ),
    Scenario(
        _ABORT_AGAIN,
        (
            prepare(tcc()),
            *register(1),
            Send("Abort", tcc()),
            Await(Mark("01", "cancel")),
            Send("Abort", tcc()),
            Release(Mark("01", "cancel")),
            FAILED,
        ),
        (cancel(1),),
        {("01", "cancel"): (_HELD,)},
        difference=ONE_RUNNER,
        servers=EMBEDDED,
    ),
    Scenario(
        _OTHER_MODE,
        _SUBMITTED_AS_SAGA,
        (replace(confirm(1), mode="saga"),),
        difference=STORED_FIRST,
        servers=DTM,
    ),
    Scenario(_OTHER_MODE, _SUBMITTED_AS_SAGA, (confirm(1),), difference=STORED_FIRST, servers=EMBEDDED),
    Scenario(_LONG_WAIT, _repeated_after(80), (action(1), action(1)), _DOWN, difference=CAPPED_BACKOFF, servers=DTM),
    Scenario(
        _LONG_WAIT, _repeated_after(60), (action(1), action(1)), _DOWN, difference=CAPPED_BACKOFF, servers=EMBEDDED
    ),
    _ONE_AFTER_THE_OTHER,
    replace(_ONE_AFTER_THE_OTHER, most_in_flight=len(_GIDS), servers=EMBEDDED),
)
