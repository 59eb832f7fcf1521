"""Requests that name nothing, or that could never run."""

from google.protobuf.empty_pb2 import Empty
from grpc import StatusCode

from dtm_client.protocol.dtm_pb2 import DtmBranchRequest, DtmRequest
from dtm_client.testing.conformance import requests
from dtm_client.testing.conformance.differences import CLEAR_REFUSAL
from dtm_client.testing.conformance.kinds import DTM, EMBEDDED, Kind
from dtm_client.testing.conformance.requests import options, prepare, submit, tcc
from dtm_client.testing.conformance.scenario import GID, Reach, Scenario, Send

_EMPTY_STEP = '[{"action":""}]'
_UNKNOWN = Reach("unknown")
_NO_GID = "a transaction without gid"


def _malformed(
    name: str, method: str, request: DtmRequest, code: StatusCode, text: str, stores: frozenset[Kind] = DTM
) -> tuple[Scenario, Scenario]:
    """DTM's answer to a malformed request, and the embedded coordinator's, which stores nothing of it."""
    return (
        Scenario(name, (Send(method, request, code, text),), difference=CLEAR_REFUSAL, servers=stores),
        Scenario(
            name,
            (Send(method, request, StatusCode.INVALID_ARGUMENT, "…; …"),),
            difference=CLEAR_REFUSAL,
            servers=EMBEDDED,
        ),
    )


SCENARIOS = (
    Scenario(
        "Abort of an unknown transaction",
        (Send("Abort", tcc(), StatusCode.INTERNAL, "no TransGlobal with gid: {gid} found"), _UNKNOWN),
    ),
    Scenario(
        "a payload over 4 MiB",
        (
            Send(
                "Submit",
                DtmRequest(Gid=GID, TransType="msg", Steps="[]", BinPayloads=[bytes(5_000_000)]),
                StatusCode.RESOURCE_EXHAUSTED,
                "…",
            ),
            _UNKNOWN,
        ),
    ),
    Scenario(
        "a branch of a mode that registers none",
        (
            prepare(tcc()),
            Send(
                "RegisterBranch",
                DtmBranchRequest(Gid=GID, TransType="saga", BranchID="01", Data={"confirm": "", "cancel": ""}),
                StatusCode.UNKNOWN,
                "unknow trans type: saga",
            ),
            submit(tcc(options(wait=True))),
        ),
    ),
    *_malformed(
        "a transaction of an unknown mode",
        "Submit",
        DtmRequest(Gid=GID, TransType="sage", Steps="[]"),
        StatusCode.INTERNAL,
        "…",
    ),
    *_malformed("a transaction without mode", "Prepare", DtmRequest(Gid=GID), StatusCode.INTERNAL, "…"),
    *_malformed(
        _NO_GID, "Submit", requests.saga(0, gid=""), StatusCode.INTERNAL, "key required", frozenset({Kind.BOLTDB})
    ),
    Scenario(
        # Stored once, and then refused as any other finished saga.
        _NO_GID,
        (Send("Submit", requests.saga(0, gid=""), also=StatusCode.ABORTED),),
        difference=CLEAR_REFUSAL,
        servers=DTM - {Kind.BOLTDB},
    ),
    *_malformed(
        "steps that are not JSON",
        "Submit",
        DtmRequest(Gid=GID, TransType="saga", Steps="[{"),
        StatusCode.INTERNAL,
        "…",
    ),
    *_malformed(
        "fewer payloads than steps",
        "Submit",
        DtmRequest(Gid=GID, TransType="msg", Steps='[{"action":""},{"action":""}]', BinPayloads=[b"one"]),
        StatusCode.INTERNAL,
        "…index out of range…",
    ),
    *_malformed(
        "custom data that is not JSON",
        "Submit",
        DtmRequest(
            Gid=GID,
            TransType="saga",
            Steps=_EMPTY_STEP,
            BinPayloads=[b""],
            CustomedData="{",
            TransOptions=options(wait=True),
        ),
        StatusCode.UNKNOWN,
        "dtm panic: …",
    ),
    *_malformed(
        "a saga that is prepared",
        "Prepare",
        requests.saga(1),
        StatusCode.OK,
        "",
    ),
    *_malformed(
        "a gid that metadata cannot carry",
        "Submit",
        requests.saga(0, gid=f"{GID} ä"),
        StatusCode.OK,
        "",
    ),
    *_malformed(
        "a branch header that metadata cannot carry",
        "Submit",
        requests.saga(0, options(headers={"a key": "value"})),
        StatusCode.OK,
        "",
    ),
    *_malformed(
        "a branch URL whose scheme has slashes",
        "Submit",
        DtmRequest(
            Gid=GID,
            TransType="saga",
            Steps='[{"action":"dns:///host:1/a.B/C"}]',
            BinPayloads=[b""],
        ),
        StatusCode.OK,
        "",
    ),
    Scenario(
        "a message for a topic that nobody subscribed to",
        (
            Send(
                "Submit",
                DtmRequest(Gid=GID, TransType="msg", Steps='[{"action":"topic://nobody"}]', BinPayloads=[b""]),
                StatusCode.INTERNAL,
                "topic not found",
            ),
            _UNKNOWN,
        ),
    ),
    Scenario("a new gid", (Send("NewGid", Empty()),)),
)
