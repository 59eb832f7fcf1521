"""DTM's request messages → the machine's values. What can never work is refused here, and told what to do."""

import json
from types import MappingProxyType
from typing import Any

from dtm_client.coordinator.custom_data import delay, waits_for
from dtm_client.coordinator.machine.transaction import Branch, Transaction
from dtm_client.errors import InvalidTransaction
from dtm_client.protocol.dtm_pb2 import DtmBranchRequest, DtmRequest, DtmTransOptions
from dtm_client.protocol.headers import check_headers
from dtm_client.values.gid import checked_gid
from dtm_client.values.options import Options
from dtm_client.values.status import Mode, Operation, Status

_QUERY_BRANCH_ID = "00"
_TOPIC_SCHEME = "topic://"


def read_transaction(request: DtmRequest, at: float) -> Transaction:
    """Return the transaction that a Prepare or a Submit describes; raise InvalidTransaction if it can never work."""
    mode = read_mode(request.TransType)
    steps = _steps(request)
    _check_url("QueryPrepared", request.QueryPrepared)
    return Transaction(
        gid=checked_gid(request.Gid),
        mode=mode,
        status=Status.PREPARED,
        options=_options(request.TransOptions),
        created=at,
        updated=at,
        branches=_branches(mode, steps, request, at),
        waits_for=waits_for(request.CustomedData, len(steps)) if mode is Mode.SAGA else (),
        custom_data=request.CustomedData,
        query_prepared=request.QueryPrepared if mode is Mode.MESSAGE else "",
        delay=delay(request.CustomedData) if mode is Mode.MESSAGE else 0.0,
        answer_waits=request.TransOptions.WaitResult,
    )


def names_topic(new: Transaction) -> bool:
    """Whether a message has a step for a topic, which nobody can have subscribed to: topics are not served here."""
    return new.mode is Mode.MESSAGE and any(one.url.startswith(_TOPIC_SCHEME) for one in new.branches)


def read_mode(name: str) -> Mode:
    """Return the mode of that name; raise InvalidTransaction for another, XA and workflow included."""
    try:
        return Mode(name)
    except ValueError:
        served = ", ".join(Mode)
        raise InvalidTransaction("TransType", f"{name!r} is not served here", f"use one of {served}") from None


def read_registration(request: DtmBranchRequest, at: float) -> tuple[Branch, Branch]:
    """Return the cancel and the confirm of a TCC branch, in the order in which DTM stores them."""
    if not request.BranchID:
        raise InvalidTransaction("BranchID", "it is empty", "number the branches 01, 02, …")
    for operation, url in request.Data.items():
        _check_url(f"Data[{operation!r}]", url)
    cancel, confirm = (
        Branch(request.BranchID, operation, request.Data.get(operation, ""), request.BusiPayload, at)
        for operation in (Operation.CANCEL, Operation.CONFIRM)
    )
    return cancel, confirm


def _steps(request: DtmRequest) -> list[dict[str, str]]:
    if not request.Steps:
        return []
    try:
        steps: Any = json.loads(request.Steps)
    except ValueError as error:
        raise InvalidTransaction("Steps", f"not JSON: {error}", "send a JSON list of objects of strings") from error
    if steps is None:
        return []
    if not isinstance(steps, list) or not all(isinstance(one, dict) for one in steps):
        raise InvalidTransaction("Steps", f"{request.Steps[:100]} is no list of objects", "send one object a step")
    for number, one in enumerate(steps):
        for operation, url in one.items():
            _check_url(f"Steps[{number}].{operation}", url)
    if len(request.BinPayloads) < len(steps):
        raise InvalidTransaction("BinPayloads", f"{len(request.BinPayloads)} for {len(steps)} steps", "send one a step")
    return steps


def _check_url(field: str, url: object) -> None:
    if not isinstance(url, str):
        raise InvalidTransaction(field, f"{url!r} is no URL", "send a string")
    # DTM dials what stands before the first slash, so a scheme with slashes could never be called.
    if "://" in url and not url.startswith(_TOPIC_SCHEME):
        raise InvalidTransaction(
            field, f"{url!r} has a scheme with slashes", "use dns:host:port/package.Service/Method"
        )


def _branches(mode: Mode, steps: list[dict[str, str]], request: DtmRequest, at: float) -> tuple[Branch, ...]:
    operations: tuple[Operation, ...] = ()
    branches: list[Branch] = []
    if mode is Mode.SAGA:
        operations = (Operation.COMPENSATE, Operation.ACTION)
    if mode is Mode.MESSAGE:
        operations = (Operation.ACTION,)
        branches.append(Branch(_QUERY_BRANCH_ID, Operation.MESSAGE, request.QueryPrepared, b"", at))
    for number, (urls, payload) in enumerate(zip(steps, request.BinPayloads, strict=False), start=1):
        branches += [Branch(f"{number:02d}", one, urls.get(one, ""), payload, at) for one in operations]
    return tuple(branches)


def _options(options: DtmTransOptions) -> Options:
    headers = {key.lower(): value for key, value in options.BranchHeaders.items()}
    check_headers(headers)
    return Options(
        timeout_to_fail=options.TimeoutToFail,
        retry_interval=options.RetryInterval,
        request_timeout=options.RequestTimeout,
        retry_limit=options.RetryLimit,
        branch_headers=MappingProxyType(headers),
    )
