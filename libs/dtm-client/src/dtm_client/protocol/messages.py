"""Values → DTM's messages. The same value always gives the same bytes, so that a repeat is recognisably a repeat."""

import json
from collections.abc import Mapping

from dtm_client.protocol.dtm_pb2 import DtmBranchRequest, DtmRequest, DtmTransOptions
from dtm_client.values.limits import REASON_BYTES
from dtm_client.values.message import Message
from dtm_client.values.options import Options
from dtm_client.values.saga import Saga
from dtm_client.values.status import Mode, Operation
from dtm_client.values.tcc import Tcc, TccBranch


def saga_request(saga: Saga, *, wait: bool = False) -> DtmRequest:
    """The Submit of a saga; ``wait`` asks for the answer after the first round."""
    return DtmRequest(
        Gid=saga.gid,
        TransType=Mode.SAGA,
        TransOptions=_options(saga.options, wait=wait),
        Steps=_json([{Operation.ACTION: step.action, Operation.COMPENSATE: step.compensate} for step in saga.steps]),
        BinPayloads=[step.payload for step in saga.steps],
        CustomedData=saga_custom_data(saga),
    )


def message_request(message: Message, *, wait: bool = False) -> DtmRequest:
    """The Prepare and the Submit of a message: the same request, so that retries run with the same options."""
    return DtmRequest(
        Gid=message.gid,
        TransType=Mode.MESSAGE,
        TransOptions=_options(message.options, wait=wait),
        Steps=_json([{Operation.ACTION: step.action} for step in message.steps]),
        BinPayloads=[step.payload for step in message.steps],
        QueryPrepared=message.query_prepared,
        CustomedData=message_custom_data(message),
    )


def tcc_request(tcc: Tcc, *, wait: bool = False) -> DtmRequest:
    """The Prepare and the Submit of a TCC transaction."""
    return DtmRequest(Gid=tcc.gid, TransType=Mode.TCC, TransOptions=_options(tcc.options, wait=wait))


def abort_request(gid: str, mode: Mode, reason: str) -> DtmRequest:
    """The Abort of a TCC transaction or of a prepared message; a long ``reason`` is cut, for SQL stores keep 1024."""
    return DtmRequest(Gid=gid, TransType=mode, RollbackReason=truncated(reason, REASON_BYTES))


def status_probe(gid: str) -> DtmRequest:
    """An Abort that is always refused, with the status in its text: DTM aborts nothing that is called a saga.

    One exception: a message that is still ``prepared`` **is** aborted by it (measured).
    """
    return DtmRequest(Gid=gid, TransType=Mode.SAGA)


def registration(gid: str, branch_id: str, branch: TccBranch) -> DtmBranchRequest:
    """The RegisterBranch that precedes a try."""
    return DtmBranchRequest(
        Gid=gid,
        TransType=Mode.TCC,
        BranchID=branch_id,
        BusiPayload=branch.payload,
        Data={Operation.CONFIRM: branch.confirm, Operation.CANCEL: branch.cancel},
    )


def saga_custom_data(saga: Saga) -> str:
    """DTM's JSON for a concurrent saga; empty for one that runs in order."""
    if not saga.concurrent:
        return ""
    orders = {str(step): sorted(waits_for) for step, waits_for in sorted(saga.orders.items())}
    return _json({"concurrent": True, "orders": orders} if orders else {"concurrent": True})


def message_custom_data(message: Message) -> str:
    """DTM's JSON for a delayed message; empty for one that is delivered at once."""
    return _json({"delay": message.delay}) if message.delay else ""


def truncated(text: str, size: int) -> str:
    """Return the longest head of ``text`` whose UTF-8 form has at most ``size`` bytes."""
    return text.encode("utf-8", "replace")[:size].decode("utf-8", "ignore")


def _options(options: Options, *, wait: bool) -> DtmTransOptions:
    return DtmTransOptions(
        WaitResult=wait,
        TimeoutToFail=options.timeout_to_fail,
        RetryInterval=options.retry_interval,
        RequestTimeout=options.request_timeout,
        RetryLimit=options.retry_limit,
        BranchHeaders=dict(options.branch_headers),
    )


def _json(value: Mapping[str, object] | list[dict[Operation, str]]) -> str:
    return json.dumps(value, separators=(",", ":"))
