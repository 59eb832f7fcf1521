"""Values that an SQL store has no room for."""

from functools import partial

from grpc import StatusCode

from dtm_client.testing.conformance import requests
from dtm_client.testing.conformance.differences import CLEAR_REFUSAL
from dtm_client.testing.conformance.kinds import DTM, EMBEDDED, SQL, Kind
from dtm_client.testing.conformance.requests import FAILED, SUCCEEDED, options, submit, undone_because
from dtm_client.testing.conformance.scenario import BRANCHES, GID, Answer, Reach, Scenario, Send

_ALL = frozenset(Kind)
action = partial(requests.call, "saga", "action")
compensate = partial(requests.call, "saga", "compensate")
_LONG = "x" * 1100
_REASON = f"url:{BRANCHES}{requests.method('action', 1)} return failed: {_LONG} FAILURE"
_REFUSED = {("01", "action"): (Answer(StatusCode.ABORTED, _LONG),)}
_LONG_REASON = "a rollback reason over 1024 characters"
_LONG_OPTIONS = "branch headers over 1024 characters"
_LONG_GID = "a gid over 128 characters"

SCENARIOS = (
    Scenario(
        _LONG_OPTIONS,
        (submit(requests.saga(1, options(wait=True, headers={"note": _LONG}))), SUCCEEDED),
        (action(1, headers={"note": _LONG}),),
        servers=_ALL - SQL,
    ),
    Scenario(
        _LONG_OPTIONS,
        (
            Send("Submit", requests.saga(1, options(headers={"note": _LONG})), StatusCode.INTERNAL, "…too long…"),
            Reach("unknown"),
        ),
        servers=SQL,
    ),
    Scenario(
        _LONG_GID,
        (submit(requests.saga(1, options(wait=True), gid=f"{GID}.{_LONG}")), Reach("succeed", f"{GID}.{_LONG}")),
        (action(1, gid=f"{GID}.{_LONG}"),),
        difference=CLEAR_REFUSAL,
        servers=DTM - SQL,
    ),
    Scenario(
        _LONG_GID,
        (Send("Submit", requests.saga(1, gid=f"{GID}.{_LONG}"), StatusCode.INTERNAL, "…too long…"),),
        difference=CLEAR_REFUSAL,
        servers=SQL,
    ),
    Scenario(
        _LONG_GID,
        (Send("Submit", requests.saga(1, gid=f"{GID}.{_LONG}"), StatusCode.INVALID_ARGUMENT, "gid: …"),),
        difference=CLEAR_REFUSAL,
        servers=EMBEDDED,
    ),
    Scenario(
        _LONG_REASON,
        (submit(requests.saga(1)), FAILED, undone_because(_REASON)),
        (action(1), compensate(1)),
        _REFUSED,
        servers=_ALL - SQL,
    ),
    Scenario(
        # The rollback fails to be stored, and is decided anew when the saga is next called.
        _LONG_REASON,
        (submit(requests.saga(1, options(retry=1))), FAILED, undone_because("fail message lost")),
        (action(1), compensate(1)),
        _REFUSED,
        servers=SQL,
    ),
)
