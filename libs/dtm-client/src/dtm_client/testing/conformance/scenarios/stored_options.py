"""Prepare and Submit with different options: whose are the repeats called by?"""

from functools import partial

from grpc import StatusCode

from dtm_client.testing.conformance import requests
from dtm_client.testing.conformance.differences import STORED_FIRST
from dtm_client.testing.conformance.kinds import EMBEDDED, SQL, Kind
from dtm_client.testing.conformance.requests import SUCCEEDED, message, options, prepare, register, submit, tcc
from dtm_client.testing.conformance.scenario import Answer, Call, Move, Scenario

_PREPARED, _SUBMITTED = {"by": "prepare"}, {"by": "submit"}
_PREPARE, _SUBMIT = (options(retry=1, headers=headers) for headers in (_PREPARED, _SUBMITTED))
_DOWN = (Answer(StatusCode.UNAVAILABLE, "down"),)
# Where DTM writes the whole record after a failed call, it writes Submit's; SQL stores get the new time alone.
_WHOLE_RECORD = frozenset({Kind.BOLTDB, Kind.REDIS})

_TCC: tuple[Move, ...] = (prepare(tcc(_PREPARE)), *register(1), submit(tcc(_SUBMIT)), SUCCEEDED)
_MESSAGE: tuple[Move, ...] = (
    prepare(message(1, _PREPARE, query=True)),
    submit(message(1, _SUBMIT, query=True)),
    SUCCEEDED,
)


def _scenarios(name: str, moves: tuple[Move, ...], operation: str, call: partial[Call]) -> tuple[Scenario, ...]:
    by_prepare, by_submit = call(1, headers=_PREPARED), call(1, headers=_SUBMITTED)
    expected = {
        _WHOLE_RECORD: (by_submit, by_submit),
        SQL: (by_submit, by_prepare),
        EMBEDDED: (by_prepare, by_prepare),
    }
    script = {("01", operation): _DOWN}
    return tuple(
        Scenario(name, moves, calls, script, difference=STORED_FIRST, servers=servers)
        for servers, calls in expected.items()
    )


_CONFIRM, _STEP = partial(requests.call, "tcc", "confirm"), partial(requests.call, "msg", "action")

SCENARIOS = (
    *_scenarios("the options by which a confirm is repeated", _TCC, "confirm", _CONFIRM),
    *_scenarios("the options by which a message's step is repeated", _MESSAGE, "action", _STEP),
)
