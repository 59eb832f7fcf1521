from collections.abc import Mapping
from dataclasses import replace

import pytest

from dtm_client.errors import InvalidTransaction
from dtm_client.protocol.urls import BranchUrl, parse_url
from dtm_client.protocol.validation import check_branch, check_message, check_saga, check_tcc
from dtm_client.values.message import Message, MessageStep
from dtm_client.values.options import Options
from dtm_client.values.saga import Saga, SagaStep
from dtm_client.values.tcc import Tcc, TccBranch

URL = "dns:stock.shop:50051/shop.Stock/Reserve"
SAGA = Saga("g", (SagaStep(URL, URL, b""),) * 3)
MESSAGE = Message("g", (MessageStep(URL, b""),), URL)


def check(value: Saga | Message | Tcc) -> None:
    match value:
        case Saga():
            check_saga(value)
        case Message():
            check_message(value, prepared=True)
        case Tcc():
            check_tcc(value)


def refused_field(value: Saga | Message | Tcc) -> str:
    with pytest.raises(InvalidTransaction) as refusal:
        check(value)
    assert refusal.value.fault
    assert refusal.value.cure
    return refusal.value.field


def test_what_dtm_can_carry_passes() -> None:
    check_saga(SAGA)
    check_saga(replace(SAGA, concurrent=True, orders={2: (0, 1), 1: (0,)}, options=Options(retry_limit=3)))
    check_message(replace(MESSAGE, delay=5), prepared=True)
    check_message(replace(MESSAGE, query_prepared=""), prepared=False)
    check_tcc(Tcc("g", Options(branch_headers={"traceparent": "00-1-2-01", "baggage-bin": "ü"})))
    check_branch(TccBranch(URL, URL, URL, b"x" * 65_535))


@pytest.mark.parametrize("gid", ["", "g" * 129, "a b", "line\n", "größe", "tab\t"])
def test_a_gid_that_metadata_or_a_store_cannot_carry_is_refused(gid: str) -> None:
    assert refused_field(replace(SAGA, gid=gid)) == "gid"
    assert refused_field(replace(MESSAGE, gid=gid)) == "gid"
    assert refused_field(Tcc(gid)) == "gid"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "host/a.B/C",
        "host:50051",
        "host:50051/a.B",
        "host:50051/a.B/C/D",
        "host:50051//C",
        "ho st:50051/a.B/C",
        "hörnchen:50051/a.B/C",
        f"host:50051/a.B/{'m' * 1024}",
    ],
)
def test_a_url_that_dtm_could_not_dial_is_refused(url: str) -> None:
    assert refused_field(replace(SAGA, steps=(SAGA.steps[0], SagaStep(url, "", b"")))) == "steps[1].action"
    assert refused_field(replace(MESSAGE, query_prepared=url)) == "query_prepared"


def test_a_scheme_with_slashes_is_refused_with_the_form_that_works() -> None:
    with pytest.raises(InvalidTransaction, match=r"write dns:host:port/package.Service/Method"):
        parse_url("url", "dns:///stock.shop:50051/shop.Stock/Reserve")


def test_a_url_falls_into_what_is_dialled_and_what_is_called() -> None:
    assert parse_url("url", URL) == BranchUrl("dns:stock.shop:50051", "/shop.Stock/Reserve")
    assert parse_url("url", "10.0.0.1:80/Plain/Go") == BranchUrl("10.0.0.1:80", "/Plain/Go")


def test_each_part_of_a_tcc_branch_is_checked() -> None:
    wrong = {
        "branch.try_": TccBranch("nowhere", URL, URL, b""),
        "branch.confirm": TccBranch(URL, "nowhere", URL, b""),
        "branch.cancel": TccBranch(URL, URL, "nowhere", b""),
        "branch.payload": TccBranch(URL, URL, URL, b"x" * 65_536),
    }
    for field, branch in wrong.items():
        with pytest.raises(InvalidTransaction) as refusal:
            check_branch(branch)
        assert refusal.value.field == field


def test_only_a_compensation_may_be_left_out() -> None:
    check_saga(replace(SAGA, steps=(SagaStep(URL, "", b""),)))
    assert refused_field(replace(SAGA, steps=(SagaStep("", URL, b""),))) == "steps[0].action"


def test_a_payload_over_64_kib_is_refused() -> None:
    assert refused_field(replace(SAGA, steps=(SagaStep(URL, "", b"x" * 65_536),))) == "steps[0].payload"
    assert refused_field(replace(MESSAGE, steps=(MessageStep(URL, b"x" * 65_536),))) == "steps[0].payload"


def test_a_transaction_without_steps_is_refused() -> None:
    assert refused_field(replace(SAGA, steps=())) == "steps"
    assert refused_field(replace(MESSAGE, steps=())) == "steps"


@pytest.mark.parametrize(
    "headers",
    [
        {"Upper": "x"},
        {"with space": "x"},
        {"": "x"},
        {"dtm-gid": "x"},
        {"grpc-timeout": "1S"},
        {"content-type": "x"},
        {"key": "größe"},
        {"key": "line\nbreak"},
        {"key": " edge"},
    ],
)
def test_a_header_that_could_not_be_delivered_or_would_shadow_dtms_own_is_refused(headers: Mapping[str, str]) -> None:
    assert refused_field(Tcc("g", Options(branch_headers=headers))).startswith("options.branch_headers")


def test_options_must_fit_their_column_with_the_escapes_that_dtm_writes() -> None:
    check_tcc(Tcc("g", Options(branch_headers={"k": "x" * 800})))
    assert refused_field(Tcc("g", Options(branch_headers={"k": "x" * 1000}))) == "options"
    assert refused_field(Tcc("g", Options(branch_headers={"k": "<" * 200}))) == "options"


def test_negative_options_are_refused() -> None:
    assert refused_field(replace(SAGA, options=Options(timeout_to_fail=-1))) == "options.timeout_to_fail"
    assert refused_field(replace(SAGA, options=Options(retry_interval=-1))) == "options.retry_interval"
    assert refused_field(replace(SAGA, options=Options(request_timeout=-1))) == "options.request_timeout"
    assert refused_field(replace(SAGA, options=Options(retry_limit=-1))) == "options.retry_limit"


def test_only_a_saga_has_a_retry_limit() -> None:
    assert refused_field(replace(MESSAGE, options=Options(retry_limit=1))) == "options.retry_limit"
    assert refused_field(Tcc("g", Options(retry_limit=1))) == "options.retry_limit"


def test_a_negative_delay_is_refused() -> None:
    assert refused_field(replace(MESSAGE, delay=-1)) == "delay"


@pytest.mark.parametrize(
    "orders", [{3: (0,)}, {0: (3,)}, {-1: (0,)}, {0: (0,)}, {0: (1,), 1: (0,)}, {0: (1,), 1: (2,), 2: (0,)}]
)
def test_orders_out_of_range_or_in_a_circle_are_refused(orders: Mapping[int, tuple[int, ...]]) -> None:
    assert refused_field(replace(SAGA, concurrent=True, orders=orders)) == "orders"


def test_orders_of_a_saga_that_runs_in_order_are_refused() -> None:
    assert refused_field(replace(SAGA, orders={1: (0,)})) == "orders"


def test_orders_must_fit_their_column() -> None:
    steps = (SAGA.steps[0],) * 60
    everything = {step: tuple(range(step)) for step in range(60)}
    assert refused_field(replace(SAGA, steps=steps, concurrent=True, orders=everything)) == "orders"
