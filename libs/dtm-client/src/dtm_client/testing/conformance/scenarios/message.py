"""Messages: steps that are delivered until they are answered OK, in order."""

from functools import partial

from grpc import StatusCode

from dtm_client.testing.conformance import requests
from dtm_client.testing.conformance.requests import FAILED, SUCCEEDED, message, options, prepare, submit
from dtm_client.testing.conformance.scenario import Answer, Await, Mark, Reach, Release, Scenario, Send

action = partial(requests.call, "msg", "action")
_WAIT = options(wait=True)
_SOON = options(retry=1)
_SOON_AND_WAIT = options(retry=1, wait=True)
# What a waiting client is told of a branch that must be asked again; the words before it explain the protocol.
_AGAIN = "…unkown result will be retried: "
_NOT_YET = "wait result not return success: FAILURE"
_DOWN = Answer(StatusCode.UNAVAILABLE, "down")
_STARTED = Mark("01", "action")

SCENARIOS = (
    Scenario(
        "a message delivers its steps in order",
        (submit(message(3, _WAIT)), SUCCEEDED),
        (action(1), action(2), action(3)),
    ),
    Scenario(
        "a prepared message is delivered by Submit, and not before",
        (prepare(message(2, query=True)), submit(message(2, _WAIT, query=True)), SUCCEEDED),
        (action(1), action(2)),
    ),
    Scenario(
        "a prepared message that is aborted is never delivered",
        (
            prepare(message(1, query=True)),
            Send("Abort", message(1, query=True)),
            FAILED,
            Send(
                "Submit", message(1, query=True), StatusCode.ABORTED, "current status 'failed', cannot sumbmit. FAILURE"
            ),
        ),
    ),
    Scenario(
        "an Abort drops a prepared message, whatever mode it names",
        (prepare(message(1, query=True)), Send("Abort", requests.saga(1)), FAILED),
    ),
    Scenario(
        "Prepare of a message may be repeated",
        (prepare(message(1, query=True)), prepare(message(1, query=True)), submit(message(1, _WAIT, query=True))),
        (action(1),),
    ),
    Scenario(
        "a step that fails is repeated, and those behind it wait",
        (
            Send("Submit", message(3, _SOON_AND_WAIT), StatusCode.UNAVAILABLE, f"{_AGAIN}…down"),
            SUCCEEDED,
        ),
        (action(1), action(2), action(2), action(3)),
        {("02", "action"): (_DOWN,)},
    ),
    Scenario(
        "a step that refuses is repeated, for a message is never undone",
        (
            Send("Submit", message(2, _SOON_AND_WAIT), StatusCode.ABORTED, f"{_AGAIN}no FAILURE"),
            SUCCEEDED,
        ),
        (action(1), action(1), action(2)),
        {("01", "action"): (Answer(StatusCode.ABORTED, "no"),)},
    ),
    Scenario(
        "a step that is not finished yet is repeated",
        (
            Send("Submit", message(1, _SOON_AND_WAIT), StatusCode.ABORTED, _NOT_YET),
            SUCCEEDED,
        ),
        (action(1), action(1), action(1)),
        {("01", "action"): (Answer(StatusCode.FAILED_PRECONDITION, "wait"),) * 2},
    ),
    Scenario(
        "a delayed message is delivered later, and a waiting Submit does not wait for that",
        (
            Send(
                "Submit",
                message(1, _WAIT, custom={"delay": 2}),
                StatusCode.ABORTED,
                _NOT_YET,
            ),
            Reach("submitted"),
            SUCCEEDED,
        ),
        (action(1),),
    ),
    Scenario(
        "a submitted message cannot be aborted or prepared",
        (
            submit(message(1)),
            Await(_STARTED),
            Send(
                "Abort",
                message(1),
                StatusCode.ABORTED,
                "trans type: 'msg' current status 'submitted', cannot abort. FAILURE",
            ),
            Send("Prepare", message(1), StatusCode.ABORTED, "current status 'submitted', cannot prepare. FAILURE"),
            Release(_STARTED),
            SUCCEEDED,
            Send("Submit", message(1), StatusCode.ABORTED, "current status 'succeed', cannot sumbmit. FAILURE"),
        ),
        (action(1),),
        {("01", "action"): (Answer(held=True),)},
    ),
)
