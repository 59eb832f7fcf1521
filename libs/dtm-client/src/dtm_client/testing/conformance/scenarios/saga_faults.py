"""Sagas whose branches fail, take their time or must be asked again."""

from functools import partial

from grpc import StatusCode

from dtm_client.testing.conformance import requests
from dtm_client.testing.conformance.requests import FAILED, SUCCEEDED, options, submit, undone_because
from dtm_client.testing.conformance.scenario import BRANCHES, Answer, Mark, Reach, Release, Repeated, Scenario, Send

action = partial(requests.call, "saga", "action")
compensate = partial(requests.call, "saga", "compensate")
_NOT_YET = "wait result not return success: FAILURE"
_REFUSED = f"url:{BRANCHES}{requests.method('action', 2)} return failed: no FAILURE"
_SPENT = "RetryCount is greater than RetryLimit, RetryLimit: 2 FAILURE"
_SOON = options(retry=1)
_SOON_AND_WAIT = options(retry=1, wait=True)
_DOWN = Answer(StatusCode.UNAVAILABLE, "down")
_ONGOING = Answer(StatusCode.FAILED_PRECONDITION, "working on it")
_NO = Answer(StatusCode.ABORTED, "no")

_RETRIED_CODES = (
    StatusCode.CANCELLED,
    StatusCode.UNKNOWN,
    StatusCode.INVALID_ARGUMENT,
    StatusCode.DEADLINE_EXCEEDED,
    StatusCode.NOT_FOUND,
    StatusCode.ALREADY_EXISTS,
    StatusCode.PERMISSION_DENIED,
    StatusCode.RESOURCE_EXHAUSTED,
    StatusCode.OUT_OF_RANGE,
    StatusCode.UNIMPLEMENTED,
    StatusCode.INTERNAL,
    StatusCode.DATA_LOSS,
    StatusCode.UNAUTHENTICATED,
)


def _retried(code: StatusCode) -> Scenario:
    return Scenario(
        f"an action that answers {code.name} is asked again",
        (submit(requests.saga(1, _SOON)), SUCCEEDED),
        (action(1), action(1)),
        {("01", "action"): (Answer(code, "not now"),)},
    )


SCENARIOS = (
    *map(_retried, _RETRIED_CODES),
    Scenario(
        "an action whose answer is lost is asked again, and the saga goes on from there",
        (Send("Submit", requests.saga(3, _SOON_AND_WAIT), StatusCode.ABORTED, _NOT_YET), SUCCEEDED),
        (action(1), action(2), action(2), action(3)),
        {("02", "action"): (_DOWN,)},
    ),
    Scenario(
        "an action may refuse after its first answer was lost",
        (submit(requests.saga(2, _SOON)), FAILED),
        (action(1), action(2), action(2), compensate(2), compensate(1)),
        {("02", "action"): (_DOWN, _NO)},
    ),
    Scenario(
        "an action that is not finished yet is asked again",
        (Send("Submit", requests.saga(2, _SOON_AND_WAIT), StatusCode.ABORTED, _NOT_YET), SUCCEEDED),
        (action(1), action(1), action(1), action(2)),
        {("01", "action"): (_ONGOING, _ONGOING)},
    ),
    Scenario(
        "ABORTED with the text ONGOING means not finished yet",
        (submit(requests.saga(1, _SOON)), SUCCEEDED),
        (action(1), action(1)),
        {("01", "action"): (Answer(StatusCode.ABORTED, "ONGOING"),)},
    ),
    Scenario(
        "a compensation that refuses is asked again",
        (submit(requests.saga(2, _SOON)), FAILED, undone_because(_REFUSED)),
        (action(1), action(2), compensate(2), compensate(2), compensate(1)),
        {("02", "action"): (_NO,), ("02", "compensate"): (Answer(StatusCode.ABORTED, "too late"),)},
    ),
    Scenario(
        "a compensation that fails is asked again, and those behind it wait",
        (
            Send("Submit", requests.saga(2, _SOON_AND_WAIT), StatusCode.ABORTED, _REFUSED),
            FAILED,
            undone_because(_REFUSED),
        ),
        (action(1), action(2), compensate(2), compensate(2), compensate(1)),
        {("02", "action"): (_NO,), ("02", "compensate"): (_DOWN,)},
    ),
    Scenario(
        "a compensation that is not finished yet is asked again",
        (submit(requests.saga(1, _SOON)), FAILED),
        (action(1), compensate(1), compensate(1), compensate(1)),
        {("01", "action"): (_NO,), ("01", "compensate"): (_ONGOING, _ONGOING)},
    ),
    Scenario(
        "TimeoutToFail undoes a saga whose action keeps failing",
        (submit(requests.saga(2, options(retry=1, timeout=3))), FAILED, undone_because("Timeout after 3 seconds")),
        (action(1), Repeated(action(2)), compensate(2), compensate(1)),
        {("02", "action"): (_DOWN,) * 50},
    ),
    Scenario(
        "RetryLimit allows that many repeats at once, then the saga is undone",
        (
            Send("Submit", requests.saga(2, options(retry=1, limit=2, wait=True)), StatusCode.ABORTED, _SPENT),
            FAILED,
            undone_because(_SPENT.removesuffix(" FAILURE")),
        ),
        (action(1), action(2), action(2), action(2), compensate(2), compensate(1)),
        {("02", "action"): (_DOWN,) * 50},
    ),
    Scenario(
        "RetryLimit counts what is not finished yet like an error, and over all branches",
        (submit(requests.saga(2, options(retry=1, limit=2))), FAILED, undone_because(_SPENT.removesuffix(" FAILURE"))),
        (action(1), action(1), action(2), action(2), compensate(2), compensate(1)),
        {("01", "action"): (_ONGOING,), ("02", "action"): (_DOWN, _ONGOING)},
    ),
    Scenario(
        "an action that outlasts its deadline is asked again",
        (submit(requests.saga(1, options(retry=1, deadline=1))), SUCCEEDED),
        (action(1), action(1)),
        {("01", "action"): (Answer(after=(Mark("01", "action", 2),)),)},
        deadline=1,
    ),
    Scenario(
        "an action that was cut by its deadline is compensated when it refuses later",
        (submit(requests.saga(1, options(retry=1, deadline=1))), FAILED),
        (action(1), action(1), compensate(1)),
        {("01", "action"): (Answer(after=(Mark("01", "compensate"),)), _NO)},
        deadline=1,
    ),
    Scenario(
        "a waiting Submit is answered after five seconds, even if a branch is still at work",
        (
            Send("Submit", requests.saga(1, options(deadline=20, wait=True)), StatusCode.ABORTED, _NOT_YET),
            Reach("submitted"),
            Release(Mark("01", "action")),
            SUCCEEDED,
        ),
        (action(1),),
        {("01", "action"): (Answer(held=True),)},
        deadline=20,
    ),
)
