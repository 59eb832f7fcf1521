"""Builds the requests of scenarios, and the branch calls that must come of them."""

import json
from collections.abc import Mapping, Sequence

from dtm_client.protocol.dtm_pb2 import DtmBranchRequest, DtmRequest, DtmTransOptions
from dtm_client.testing.conformance.scenario import BRANCHES, GID, Call, Reach, Send, Shows

# Undecodable as text, so that a server which takes payloads for text is found out.
_PAYLOAD = b"\x00\xff payload %d"
_NO_MANAGER = ("dtm-dtm", "")


def payload(step: int) -> bytes:
    """The payload of a step, counted from 1."""
    return _PAYLOAD % step


def url(method: str) -> str:
    """The URL of a method of the recording branch server."""
    return f"{BRANCHES}{method}"


def method(operation: str, step: int) -> str:
    """The method that a step has for an operation."""
    return f"/conformance.Branch/{operation.capitalize()}{step}"


def call(
    mode: str, operation: str, step: int, *, headers: Mapping[str, str | bytes] | None = None, gid: str = GID
) -> Call:
    """The branch call of a step, counted from 1."""
    return Call(
        branch=f"{step:02d}",
        operation=operation,
        method=method(operation, step),
        payload=payload(step),
        mode=mode,
        headers=tuple(sorted([*(headers or {}).items(), _NO_MANAGER])),
        gid=gid,
    )


def options(
    *,
    wait: bool = False,
    retry: int = 0,
    timeout: int = 0,
    deadline: int = 0,
    limit: int = 0,
    headers: Mapping[str, str] | None = None,
) -> DtmTransOptions:
    """Seconds throughout; 0 leaves it to the server."""
    return DtmTransOptions(
        WaitResult=wait,
        RetryInterval=retry,
        TimeoutToFail=timeout,
        RequestTimeout=deadline,
        RetryLimit=limit,
        BranchHeaders=headers or {},
    )


def saga(steps: int, chosen: DtmTransOptions | None = None, *, custom: object = "", gid: str = GID) -> DtmRequest:
    """A saga of that many steps, each with an action, a compensation and a payload of its own."""
    return DtmRequest(
        Gid=gid,
        TransType="saga",
        Steps=json.dumps([{op: url(method(op, step)) for op in ("action", "compensate")} for step in _upto(steps)]),
        BinPayloads=[payload(step) for step in _upto(steps)],
        CustomedData=json.dumps(custom) if custom else "",
        TransOptions=chosen,
    )


def message(
    steps: int, chosen: DtmTransOptions | None = None, *, custom: object = "", query: bool = False
) -> DtmRequest:
    """A message of that many steps; with ``query`` the server can ask whether it was meant."""
    return DtmRequest(
        Gid=GID,
        TransType="msg",
        Steps=json.dumps([{"action": url(method("action", step))} for step in _upto(steps)]),
        BinPayloads=[payload(step) for step in _upto(steps)],
        CustomedData=json.dumps(custom) if custom else "",
        QueryPrepared=url("/conformance.Branch/QueryPrepared") if query else "",
        TransOptions=chosen,
    )


def tcc(chosen: DtmTransOptions | None = None, *, reason: str = "") -> DtmRequest:
    """The request of Prepare, Submit and Abort of a TCC transaction."""
    return DtmRequest(Gid=GID, TransType="tcc", TransOptions=chosen, RollbackReason=reason)


def branch(step: int, *, branch_id: str = "") -> DtmBranchRequest:
    """The registration of a branch of a TCC transaction."""
    return DtmBranchRequest(
        Gid=GID,
        TransType="tcc",
        BranchID=branch_id or f"{step:02d}",
        Data={op: url(method(op, step)) for op in ("confirm", "cancel")},
        BusiPayload=payload(step),
    )


def submit(request: DtmRequest) -> Send:
    """A Submit that is answered OK."""
    return Send("Submit", request)


def prepare(request: DtmRequest) -> Send:
    """A Prepare that is answered OK."""
    return Send("Prepare", request)


def register(*steps: int) -> Sequence[Send]:
    """Registrations that are answered OK."""
    return [Send("RegisterBranch", branch(step)) for step in steps]


SUCCEEDED = Reach("succeed")
FAILED = Reach("failed")


def undone_because(reason: str) -> Shows:
    """The rollback reason; empty for a transaction that was not undone."""
    return Shows("rollback_reason", reason or None)


def _upto(steps: int) -> range:
    return range(1, steps + 1)
