"""What a TCC transaction may be asked in each of its states."""

from functools import partial

from grpc import StatusCode

from dtm_client.testing.conformance import requests
from dtm_client.testing.conformance.kinds import Kind
from dtm_client.testing.conformance.requests import (
    FAILED,
    SUCCEEDED,
    options,
    prepare,
    register,
    submit,
    tcc,
)
from dtm_client.testing.conformance.scenario import Answer, Reach, Scenario, Send

confirm = partial(requests.call, "tcc", "confirm")
cancel = partial(requests.call, "tcc", "cancel")
_WAIT = options(wait=True)
_SOON = options(retry=1)
_DOWN = Answer(StatusCode.UNAVAILABLE, "down")
# Each database has its own words.
_DUPLICATE = {
    "storage: UniqueKeyConflict": frozenset({Kind.BOLTDB, Kind.REDIS, Kind.EMBEDDED}),
    "Error 1062 (23000): Duplicate entry '{gid}-01-cancel' for key 'gid_uniq'": frozenset({Kind.MYSQL}),
    "ERROR: duplicate key value violates unique constraint…(SQLSTATE 23505)": frozenset({Kind.POSTGRES}),
}


def _registered_once(words: str, servers: frozenset[Kind]) -> Scenario:
    return Scenario(
        "a branch is registered once",
        (
            prepare(tcc()),
            *register(1),
            Send("RegisterBranch", requests.branch(1), StatusCode.UNKNOWN, words),
            submit(tcc(_WAIT)),
            SUCCEEDED,
        ),
        (confirm(1),),
        servers=servers,
    )


SCENARIOS = (
    *(_registered_once(words, servers) for words, servers in _DUPLICATE.items()),
    Scenario(
        "no branch is registered with an unknown transaction",
        (
            Send(
                "RegisterBranch",
                requests.branch(1),
                StatusCode.ABORTED,
                "no trans with gid: {gid} status: prepared found FAILURE",
            ),
            Reach("unknown"),
        ),
    ),
    Scenario(
        "a confirmed transaction takes no branch, no Prepare, no Submit and no Abort",
        (
            prepare(tcc()),
            submit(tcc(_WAIT)),
            SUCCEEDED,
            Send(
                "RegisterBranch",
                requests.branch(1),
                StatusCode.ABORTED,
                "no trans with gid: {gid} status: prepared found FAILURE",
            ),
            Send("Prepare", tcc(), StatusCode.ABORTED, "current status 'succeed', cannot prepare. FAILURE"),
            Send("Submit", tcc(), StatusCode.ABORTED, "current status 'succeed', cannot sumbmit. FAILURE"),
            Send(
                "Abort",
                tcc(),
                StatusCode.ABORTED,
                "trans type: 'tcc' current status 'succeed', cannot abort. FAILURE",
            ),
        ),
    ),
    Scenario(
        "a cancelled transaction takes no Submit and no Abort",
        (
            prepare(tcc()),
            *register(1),
            Send("Abort", tcc(_WAIT)),
            FAILED,
            Send("Submit", tcc(), StatusCode.ABORTED, "current status 'failed', cannot sumbmit. FAILURE"),
            Send(
                "Abort", tcc(), StatusCode.ABORTED, "trans type: 'tcc' current status 'failed', cannot abort. FAILURE"
            ),
        ),
        (cancel(1),),
    ),
    Scenario(
        "a transaction that is being cancelled takes no Submit",
        (
            prepare(tcc(_SOON)),
            *register(1),
            Send("Abort", tcc(_SOON)),
            Reach("aborting"),
            Send("Submit", tcc(), StatusCode.ABORTED, "current status 'aborting', cannot sumbmit. FAILURE"),
            FAILED,
        ),
        (cancel(1), cancel(1)),
        {("01", "cancel"): (_DOWN,)},
    ),
)
