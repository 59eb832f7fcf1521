"""What a saga may be asked in each of its states."""

from functools import partial

from grpc import StatusCode

from dtm_client.testing.conformance import requests
from dtm_client.testing.conformance.requests import FAILED, SUCCEEDED, options, submit
from dtm_client.testing.conformance.scenario import Answer, Await, Mark, Reach, Release, Scenario, Send

action = partial(requests.call, "saga", "action")
compensate = partial(requests.call, "saga", "compensate")
_WAIT = options(wait=True)

SCENARIOS = (
    Scenario(
        "a finished saga refuses to be submitted, prepared or aborted",
        (
            submit(requests.saga(1, _WAIT)),
            SUCCEEDED,
            Send(
                "Submit",
                requests.saga(1, _WAIT),
                StatusCode.ABORTED,
                "current status 'succeed', cannot sumbmit. FAILURE",
            ),
            Send("Prepare", requests.tcc(), StatusCode.ABORTED, "current status 'succeed', cannot prepare. FAILURE"),
            Send(
                "Abort",
                requests.saga(1),
                StatusCode.ABORTED,
                "trans type: 'saga' current status 'succeed', cannot abort. FAILURE",
            ),
        ),
        (action(1),),
    ),
    Scenario(
        "an undone saga refuses to be submitted, prepared or aborted",
        (
            submit(requests.saga(1)),
            FAILED,
            Send("Submit", requests.saga(1), StatusCode.ABORTED, "current status 'failed', cannot sumbmit. FAILURE"),
            Send("Prepare", requests.tcc(), StatusCode.ABORTED, "current status 'failed', cannot prepare. FAILURE"),
            Send(
                "Abort",
                requests.saga(1),
                StatusCode.ABORTED,
                "trans type: 'saga' current status 'failed', cannot abort. FAILURE",
            ),
        ),
        (action(1), compensate(1)),
        {("01", "action"): (Answer(StatusCode.ABORTED, "no"),)},
    ),
    Scenario(
        "a running saga refuses to be prepared or aborted",
        (
            submit(requests.saga(1)),
            Await(Mark("01", "action")),
            Send("Prepare", requests.tcc(), StatusCode.ABORTED, "current status 'submitted', cannot prepare. FAILURE"),
            Send(
                "Abort",
                requests.saga(1),
                StatusCode.ABORTED,
                "trans type: 'saga' current status 'submitted', cannot abort. FAILURE",
            ),
            Release(Mark("01", "action")),
            SUCCEEDED,
        ),
        (action(1),),
        {("01", "action"): (Answer(held=True),)},
    ),
    Scenario(
        "a saga that is being undone refuses to be submitted",
        (
            submit(requests.saga(1)),
            Await(Mark("01", "compensate")),
            Reach("aborting"),
            Send("Submit", requests.saga(1), StatusCode.ABORTED, "current status 'aborting', cannot sumbmit. FAILURE"),
            Release(Mark("01", "compensate")),
            FAILED,
        ),
        (action(1), compensate(1)),
        {("01", "action"): (Answer(StatusCode.ABORTED, "no"),), ("01", "compensate"): (Answer(held=True),)},
    ),
)
