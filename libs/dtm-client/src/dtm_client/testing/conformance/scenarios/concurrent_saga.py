"""Sagas whose steps run at once, but for the orders between them."""

from functools import partial

from grpc import StatusCode

from dtm_client.testing.conformance import requests
from dtm_client.testing.conformance.requests import FAILED, SUCCEEDED, options, submit
from dtm_client.testing.conformance.scenario import Answer, Await, Mark, Release, Scenario, Send, Together

action = partial(requests.call, "saga", "action")
compensate = partial(requests.call, "saga", "compensate")
_CONCURRENT = {"concurrent": True}
_ALL_THREE = tuple(Mark(branch, "action") for branch in ("01", "02", "03"))
_TOGETHER = Answer(after=_ALL_THREE)
_NO = Answer(StatusCode.ABORTED, "no")


def _ordered(orders: dict[str, list[int]]) -> dict[str, object]:
    return {"concurrent": True, "orders": orders}


SCENARIOS = (
    Scenario(
        "the steps of a concurrent saga run at once",
        (submit(requests.saga(3, options(wait=True), custom=_CONCURRENT)), SUCCEEDED),
        (Together((action(1), action(2), action(3))),),
        {("01", "action"): (_TOGETHER,), ("02", "action"): (_TOGETHER,), ("03", "action"): (_TOGETHER,)},
    ),
    Scenario(
        "orders let a step wait for others",
        (submit(requests.saga(4, custom=_ordered({"0": [3], "1": [0, 2]}))), SUCCEEDED),
        (Together((action(3), action(4))), action(1), action(2)),
        {
            ("03", "action"): (Answer(after=(Mark("04", "action"),)),),
            ("04", "action"): (Answer(after=(Mark("03", "action"),)),),
        },
    ),
    Scenario(
        "a step that waits for two others starts after the slower one",
        (
            submit(requests.saga(3, custom=_ordered({"2": [0, 1]}))),
            Await(Mark("02", "action")),
            Await(Mark("01", "action")),
            Release(Mark("01", "action")),
            SUCCEEDED,
        ),
        (Together((action(1), action(2))), action(3)),
        {("01", "action"): (Answer(held=True),)},
    ),
    Scenario(
        "an action that is still at work is compensated when another refuses",
        (submit(requests.saga(2, options(retry=1), custom=_CONCURRENT)), FAILED),
        (Together((action(1), action(2))), Together((compensate(1), compensate(2)))),
        {
            ("01", "action"): (Answer(after=(Mark("01", "compensate"),)),),
            ("02", "action"): (Answer(StatusCode.ABORTED, "no", after=(Mark("01", "action"),)),),
        },
    ),
    Scenario(
        "a step that never started is not compensated",
        (submit(requests.saga(3, custom=_ordered({"2": [0]}))), FAILED),
        (Together((action(1), action(2))), Together((compensate(1), compensate(2)))),
        {
            ("01", "action"): (Answer(StatusCode.ABORTED, "no", after=(Mark("02", "action"),)),),
            ("02", "action"): (Answer(after=(Mark("01", "action"),)),),
        },
    ),
    Scenario(
        "the compensations of a concurrent saga run at once",
        (submit(requests.saga(2, options(retry=1), custom=_CONCURRENT)), FAILED),
        (Together((action(1), action(2))), Together((compensate(1), compensate(2)))),
        {
            ("01", "action"): (Answer(after=(Mark("02", "action"),)),),
            ("02", "action"): (Answer(StatusCode.ABORTED, "no", after=(Mark("01", "action"),)),),
            ("01", "compensate"): (Answer(after=(Mark("02", "compensate"),)),),
            ("02", "compensate"): (Answer(after=(Mark("01", "compensate"),)),),
        },
    ),
    Scenario(
        "compensations of a concurrent saga keep the reverse of its orders",
        (submit(requests.saga(3, options(retry=1), custom=_ordered({"1": [0], "2": [1]}))), FAILED),
        (action(1), action(2), action(3), compensate(3), compensate(2), compensate(1)),
        {("03", "action"): (_NO,)},
    ),
    Scenario(
        "a step of a concurrent saga that fails is asked again alone",
        (
            Send(
                "Submit",
                requests.saga(2, options(retry=1, wait=True), custom=_CONCURRENT),
                StatusCode.ABORTED,
                "wait result not return success: FAILURE",
            ),
            SUCCEEDED,
        ),
        (Together((action(1), action(2))), action(1)),
        {("01", "action"): (Answer(StatusCode.UNAVAILABLE, "down"),)},
    ),
)
