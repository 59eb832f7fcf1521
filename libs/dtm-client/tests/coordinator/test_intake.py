"""Input that can never work is refused with words that name the field."""

import pytest

from dtm_client.coordinator.intake import read_registration, read_transaction
from dtm_client.errors import InvalidTransaction
from dtm_client.protocol.dtm_pb2 import DtmBranchRequest, DtmRequest
from dtm_client.testing.simulation.requests import Requests


def refused(request: DtmRequest) -> str:
    with pytest.raises(InvalidTransaction) as raised:
        read_transaction(request, 0.0)
    return raised.value.field


@pytest.mark.parametrize("mode", ["", "xa", "workflow", "foo"])
def test_a_mode_that_is_not_served(ask: Requests, mode: str) -> None:
    request = ask.saga()
    request.TransType = mode
    assert refused(request) == "TransType"


@pytest.mark.parametrize("gid", ["", "with space", "line\nbreak", "ümlaut", "x" * 129])
def test_a_gid_that_no_branch_call_can_carry(ask: Requests, gid: str) -> None:
    assert refused(ask.saga(gid)) == "gid"


@pytest.mark.parametrize("steps", ["{", "{}", "[1]", '"x"'])
def test_steps_that_are_no_list_of_objects(ask: Requests, steps: str) -> None:
    request = ask.saga()
    request.Steps = steps
    assert refused(request) == "Steps"


def test_fewer_payloads_than_steps(ask: Requests) -> None:
    request = ask.saga(steps=3)
    del request.BinPayloads[2]
    assert refused(request) == "BinPayloads"


@pytest.mark.parametrize("url", ['"http://h/x"', '"dns:///h:1/t.T/x"', "7", "null"])
def test_urls_that_grpc_cannot_call(ask: Requests, url: str) -> None:
    request = ask.saga(steps=1)
    request.Steps = f'[{{"action": {url}}}]'
    assert refused(request) == "Steps[0].action"


@pytest.mark.parametrize(
    "custom",
    [
        "{",
        "[]",
        '{"concurrent": true, "orders": {"1": [7]}}',
        '{"concurrent": true, "orders": {"0": [1], "1": [0]}}',
        '{"concurrent": true, "orders": {"0": [0]}}',
        '{"concurrent": true, "orders": {"x": [0]}}',
        '{"concurrent": true, "orders": [1]}',
    ],
)
def test_orders_that_can_never_be_followed(ask: Requests, custom: str) -> None:
    request = ask.saga(steps=2)
    request.CustomedData = custom
    assert refused(request) == "CustomedData"


@pytest.mark.parametrize("delay", ["-1", '"soon"', "true", "Infinity"])
def test_a_delay_that_is_no_time(ask: Requests, delay: str) -> None:
    request = ask.message()
    request.CustomedData = f'{{"delay": {delay}}}'
    assert refused(request) == "CustomedData"


@pytest.mark.parametrize("header", [("with space", "x"), ("dtm-gid", "x"), ("name", "ü"), ("name", "line\nbreak")])
def test_headers_that_no_branch_call_can_carry(ask: Requests, header: tuple[str, str]) -> None:
    request = ask.saga()
    request.TransOptions.BranchHeaders[header[0]] = header[1]
    assert header[0] in refused(request)


def test_a_query_that_grpc_cannot_call(ask: Requests) -> None:
    assert refused(ask.message(query="http://h/x")) == "QueryPrepared"


def test_a_confirm_that_grpc_cannot_call(ask: Requests) -> None:
    request = ask.registration(1)
    request.Data["confirm"] = "http://h/x"
    with pytest.raises(InvalidTransaction, match=r"Data\['confirm'\]"):
        read_registration(request, 0.0)


def test_a_branch_without_id(ask: Requests) -> None:
    with pytest.raises(InvalidTransaction, match="BranchID"):
        read_registration(DtmBranchRequest(Gid="g", TransType="tcc"), 0.0)


def test_header_names_are_carried_in_lower_case(ask: Requests) -> None:
    request = ask.saga()
    request.TransOptions.BranchHeaders["TraceParent"] = "00-1"
    assert dict(read_transaction(request, 0.0).options.branch_headers) == {"traceparent": "00-1"}


def test_steps_become_branches_in_the_order_in_which_dtm_stores_them(ask: Requests) -> None:
    stored = read_transaction(ask.saga(steps=2), 0.0)
    assert [(one.branch_id, str(one.operation), one.payload) for one in stored.branches] == [
        ("01", "compensate", b"payload 1"),
        ("01", "action", b"payload 1"),
        ("02", "compensate", b"payload 2"),
        ("02", "action", b"payload 2"),
    ]
