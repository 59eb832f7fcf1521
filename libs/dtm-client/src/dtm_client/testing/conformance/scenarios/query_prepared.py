"""Messages that were prepared and never submitted: the server asks whether they were meant."""

from functools import partial

from grpc import StatusCode

from dtm_client.testing.conformance import requests
from dtm_client.testing.conformance.requests import FAILED, SUCCEEDED, message, options, prepare
from dtm_client.testing.conformance.scenario import Answer, Await, Call, Mark, Scenario

action = partial(requests.call, "msg", "action")
_HEADERS = {"traceparent": "00-1-2-01"}
_OPTIONS = options(timeout=1, retry=1, headers=_HEADERS)
_PREPARED = prepare(message(1, _OPTIONS, query=True))
_QUERY = Call(
    branch="00",
    operation="msg",
    method="/conformance.Branch/QueryPrepared",
    payload=b"",
    mode="msg",
    headers=(("dtm-dtm", ""), *_HEADERS.items()),
)
_DELIVERED = action(1, headers=_HEADERS)
# Asking for the status of a message that is still prepared would abort it.
_DELIVERY = Await(Mark("01", "action"))

SCENARIOS = (
    Scenario(
        "a message whose local transaction was committed is delivered without Submit",
        (_PREPARED, _DELIVERY, SUCCEEDED),
        (_QUERY, _DELIVERED),
    ),
    Scenario(
        "a message whose local transaction was rolled back is never delivered",
        (_PREPARED, Await(Mark("00", "msg")), FAILED),
        (_QUERY,),
        {("00", "msg"): (Answer(StatusCode.ABORTED, "rolled back"),)},
    ),
    Scenario(
        "query-prepared is asked again while the local transaction goes on",
        (_PREPARED, _DELIVERY, SUCCEEDED),
        (_QUERY, _QUERY, _QUERY, _DELIVERED),
        {("00", "msg"): (Answer(StatusCode.FAILED_PRECONDITION, "open"),) * 2},
    ),
    Scenario(
        "query-prepared is asked again when it fails",
        (_PREPARED, _DELIVERY, SUCCEEDED),
        (_QUERY, _QUERY, _DELIVERED),
        {("00", "msg"): (Answer(StatusCode.UNAVAILABLE, "down"),)},
    ),
    Scenario(
        "a step that fails after query-prepared is repeated without asking again",
        (_PREPARED, _DELIVERY, SUCCEEDED),
        (_QUERY, _DELIVERED, _DELIVERED),
        {("01", "action"): (Answer(StatusCode.UNAVAILABLE, "down"),)},
    ),
)
