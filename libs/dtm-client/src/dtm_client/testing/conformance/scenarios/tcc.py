"""TCC: the client tries, the server confirms or cancels."""

from functools import partial

from grpc import StatusCode

from dtm_client.protocol.dtm_pb2 import DtmBranchRequest
from dtm_client.testing.conformance import requests
from dtm_client.testing.conformance.requests import (
    FAILED,
    SUCCEEDED,
    options,
    prepare,
    register,
    submit,
    tcc,
    undone_because,
)
from dtm_client.testing.conformance.scenario import GID, Answer, Call, Reach, Scenario, Send

confirm = partial(requests.call, "tcc", "confirm")
cancel = partial(requests.call, "tcc", "cancel")
_WAIT = options(wait=True)
_SOON = options(retry=1)
_SOON_AND_WAIT = options(retry=1, wait=True)
# What a waiting client is told of a branch that must be asked again; the words before it explain the protocol.
_AGAIN = "…unkown result will be retried: "
_HEADERS = {"traceparent": "00-1-2-01"}
_WITH_HEADERS = options(retry=1, headers=_HEADERS)
_DOWN = Answer(StatusCode.UNAVAILABLE, "down")
_BEGUN = (prepare(tcc()), *register(1, 2, 3))


def _nested(operation: str, branch: str, step: int) -> Call:
    """A call of a branch whose id is not its step's number."""
    plain = requests.call("tcc", operation, step)
    return Call(branch, operation, plain.method, plain.payload, plain.mode, plain.headers)


SCENARIOS = (
    Scenario(
        "Submit confirms in reverse order of registration",
        (*_BEGUN, Reach("prepared"), submit(tcc(_WAIT)), SUCCEEDED, undone_because("")),
        (confirm(3), confirm(2), confirm(1)),
    ),
    Scenario(
        "Abort cancels in reverse order of registration, and keeps the reason",
        (*_BEGUN, Send("Abort", tcc(_WAIT, reason="Karte gesperrt")), FAILED, undone_because("Karte gesperrt")),
        (cancel(3), cancel(2), cancel(1)),
    ),
    Scenario("a transaction without branches is confirmed", (prepare(tcc()), submit(tcc(_WAIT)), SUCCEEDED)),
    Scenario("a transaction that was never prepared is confirmed without branches", (submit(tcc(_WAIT)), SUCCEEDED)),
    Scenario(
        "Prepare may be repeated", (prepare(tcc()), prepare(tcc()), *register(1), submit(tcc(_WAIT))), (confirm(1),)
    ),
    Scenario(
        "nested branches are visited by registration, not by id",
        (
            prepare(tcc()),
            Send("RegisterBranch", requests.branch(1, branch_id="01")),
            Send("RegisterBranch", requests.branch(2, branch_id="0101")),
            Send("RegisterBranch", requests.branch(3, branch_id="02")),
            submit(tcc(_WAIT)),
            SUCCEEDED,
        ),
        (_nested("confirm", "02", 3), _nested("confirm", "0101", 2), _nested("confirm", "01", 1)),
    ),
    Scenario(
        "a confirmation that refuses is asked again, and those behind it wait",
        (
            prepare(tcc(_SOON)),
            *register(1, 2, 3),
            Send("Submit", tcc(_SOON_AND_WAIT), StatusCode.ABORTED, f"{_AGAIN}no FAILURE"),
            SUCCEEDED,
        ),
        (confirm(3), confirm(2), confirm(2), confirm(1)),
        {("02", "confirm"): (Answer(StatusCode.ABORTED, "no"),)},
    ),
    Scenario(
        "a confirmation that fails is asked again, and the waiting client gets its code",
        (
            prepare(tcc(_SOON)),
            *register(1, 2),
            Send("Submit", tcc(_SOON_AND_WAIT), StatusCode.UNAVAILABLE, f"{_AGAIN}…down"),
            SUCCEEDED,
        ),
        (confirm(2), confirm(2), confirm(1)),
        {("02", "confirm"): (_DOWN,)},
    ),
    Scenario(
        "a confirmation that is not finished yet is asked again",
        (
            prepare(tcc(_SOON)),
            *register(1),
            Send("Submit", tcc(_SOON_AND_WAIT), StatusCode.FAILED_PRECONDITION, "ONGOING"),
            SUCCEEDED,
        ),
        (confirm(1), confirm(1), confirm(1)),
        {("01", "confirm"): (Answer(StatusCode.FAILED_PRECONDITION, "wait"),) * 2},
    ),
    Scenario(
        "an Abort waits if Prepare said so, and gets the code of a cancellation that fails",
        (
            prepare(tcc(_SOON_AND_WAIT)),
            *register(1, 2),
            Send("Abort", tcc(_SOON), StatusCode.UNAVAILABLE, f"{_AGAIN}…down"),
            FAILED,
        ),
        (cancel(2), cancel(2), cancel(1)),
        {("02", "cancel"): (_DOWN,)},
    ),
    Scenario(
        "an Abort that asks to wait does not, if Prepare did not say so",
        (prepare(tcc(_SOON)), *register(1, 2), Send("Abort", tcc(_SOON_AND_WAIT)), FAILED),
        (cancel(2), cancel(2), cancel(1)),
        {("02", "cancel"): (_DOWN,)},
    ),
    Scenario(
        "what is neither submitted nor aborted is cancelled after TimeoutToFail",
        (prepare(tcc(options(timeout=3))), *register(1, 2), FAILED, undone_because("Timeout after 3 seconds")),
        (cancel(2), cancel(1)),
    ),
    Scenario(
        "branch headers arrive with every call and its repeats",
        (
            prepare(tcc(_WITH_HEADERS)),
            *register(1, 2),
            submit(tcc(_WITH_HEADERS)),
            SUCCEEDED,
        ),
        (confirm(2, headers=_HEADERS), confirm(2, headers=_HEADERS), confirm(1, headers=_HEADERS)),
        {("02", "confirm"): (_DOWN,)},
    ),
    Scenario(
        "a repeated Prepare changes no option",
        (
            prepare(tcc(_WITH_HEADERS)),
            prepare(tcc(options(headers={"traceparent": "another"}))),
            *register(1),
            Send("Abort", tcc()),
            FAILED,
        ),
        (cancel(1, headers=_HEADERS),),
    ),
    Scenario(
        "an empty URL counts as done",
        (
            prepare(tcc()),
            *register(1),
            Send("RegisterBranch", DtmBranchRequest(Gid=GID, TransType="tcc", BranchID="02", Data={"confirm": ""})),
            submit(tcc(_WAIT)),
            SUCCEEDED,
        ),
        (confirm(1),),
    ),
)
