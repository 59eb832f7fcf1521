"""Sagas whose branches answer at the first call."""

from functools import partial

from grpc import StatusCode

from dtm_client.protocol.dtm_pb2 import DtmRequest
from dtm_client.testing.conformance import requests
from dtm_client.testing.conformance.requests import FAILED, SUCCEEDED, options, submit, undone_because
from dtm_client.testing.conformance.scenario import BRANCHES, GID, Answer, Await, Mark, Reach, Release, Scenario, Send

action = partial(requests.call, "saga", "action")
compensate = partial(requests.call, "saga", "compensate")
_WAIT = options(wait=True)


def _refused(step: int, reason: str) -> str:
    """DTM's words, to a waiting Submit and as the rollback reason, for a step that refused."""
    return f"url:{BRANCHES}{requests.method('action', step)} return failed: {reason} FAILURE"


_UNICODE = "Lager leer, 在庫なし: 'q'"
_HEADERS = {"traceparent": "00-1-2-01", "x-Tenant": "shop", "token-bin": "raw"}
_ARRIVING_HEADERS: dict[str, str | bytes] = {"traceparent": "00-1-2-01", "x-tenant": "shop", "token-bin": b"raw"}

SCENARIOS = (
    Scenario(
        "a saga runs its actions in order",
        (submit(requests.saga(3, _WAIT)), SUCCEEDED, undone_because("")),
        (action(1), action(2), action(3)),
    ),
    Scenario(
        "a Submit that does not wait is answered before the branches are",
        (
            submit(requests.saga(2)),
            Reach("submitted"),
            Await(Mark("01", "action")),
            Release(Mark("01", "action")),
            SUCCEEDED,
        ),
        (action(1), action(2)),
        {("01", "action"): (Answer(held=True),)},
    ),
    Scenario(
        "a refused action is compensated first, then those before it in reverse",
        (
            Send(
                "Submit",
                requests.saga(3, _WAIT),
                StatusCode.ABORTED,
                _refused(2, "no stock"),
            ),
            FAILED,
            undone_because(_refused(2, "no stock")),
        ),
        (action(1), action(2), compensate(2), compensate(1)),
        {("02", "action"): (Answer(StatusCode.ABORTED, "no stock"),)},
    ),
    Scenario(
        "a saga that is refused at its first step compensates that step alone",
        (submit(requests.saga(2)), FAILED, undone_because(_refused(1, "closed"))),
        (action(1), compensate(1)),
        {("01", "action"): (Answer(StatusCode.ABORTED, "closed"),)},
    ),
    Scenario(
        "a refusal's reason keeps its characters",
        (
            Send(
                "Submit",
                requests.saga(1, _WAIT),
                StatusCode.ABORTED,
                _refused(1, _UNICODE),
            ),
            FAILED,
            undone_because(_refused(1, _UNICODE)),
        ),
        (action(1), compensate(1)),
        {("01", "action"): (Answer(StatusCode.ABORTED, _UNICODE),)},
    ),
    Scenario(
        "an empty URL counts as done, for an action and for a compensation",
        (
            submit(
                DtmRequest(
                    Gid=GID,
                    TransType="saga",
                    Steps='[{"action":"{branches}/conformance.Branch/Action1","compensate":""},'
                    '{"action":"","compensate":"{branches}/conformance.Branch/Compensate2"},'
                    '{"action":"{branches}/conformance.Branch/Action3","compensate":""}]',
                    BinPayloads=[requests.payload(step) for step in (1, 2, 3)],
                )
            ),
            FAILED,
        ),
        (action(1), action(3), compensate(2)),
        {("03", "action"): (Answer(StatusCode.ABORTED, "no"),)},
    ),
    Scenario("a saga without steps succeeds", (submit(requests.saga(0, _WAIT)), SUCCEEDED)),
    Scenario(
        "branch ids have two digits, and three from 100 on",
        (submit(requests.saga(101)), SUCCEEDED),
        tuple(action(step) for step in range(1, 102)),
    ),
    Scenario(
        "branch headers arrive with every call, their keys in lower case, and nothing else that the client sent",
        (
            Send("Submit", requests.saga(2, options(headers=_HEADERS)), metadata=(("x-client", "not for branches"),)),
            FAILED,
        ),
        (
            action(1, headers=_ARRIVING_HEADERS),
            action(2, headers=_ARRIVING_HEADERS),
            compensate(2, headers=_ARRIVING_HEADERS),
            compensate(1, headers=_ARRIVING_HEADERS),
        ),
        {("02", "action"): (Answer(StatusCode.ABORTED, "no"),)},
    ),
    Scenario(
        "RequestTimeout is the deadline of a branch call",
        (submit(requests.saga(1, options(deadline=2))), SUCCEEDED),
        (action(1),),
        deadline=2,
    ),
)
