import json

import pytest

from dtm_client.protocol.messages import (
    abort_request,
    message_request,
    registration,
    saga_request,
    status_probe,
    tcc_request,
    truncated,
)
from dtm_client.values.message import Message, MessageStep
from dtm_client.values.options import Options
from dtm_client.values.saga import Saga, SagaStep
from dtm_client.values.status import Mode
from dtm_client.values.tcc import Tcc, TccBranch

OPTIONS = Options(
    timeout_to_fail=30, retry_interval=10, request_timeout=4, branch_headers={"traceparent": "00-a-b-01", "b": "2"}
)
STEP = SagaStep("h:1/a.B/Do", "h:1/a.B/Undo", b"\x00\xff")


def test_a_saga_becomes_steps_with_one_payload_each() -> None:
    request = saga_request(Saga("g", (STEP, SagaStep("h:1/a.B/More", "", b"two"))))

    assert (request.Gid, request.TransType, request.CustomedData) == ("g", "saga", "")
    assert json.loads(request.Steps) == [
        {"action": "h:1/a.B/Do", "compensate": "h:1/a.B/Undo"},
        {"action": "h:1/a.B/More", "compensate": ""},
    ]
    assert list(request.BinPayloads) == [b"\x00\xff", b"two"]


def test_a_concurrent_saga_says_so_in_its_custom_data() -> None:
    saga = Saga("g", (STEP,) * 4, concurrent=True, orders={3: (2, 0)})

    assert saga_request(saga).CustomedData == '{"concurrent":true,"orders":{"3":[0,2]}}'
    assert saga_request(Saga("g", (STEP,), concurrent=True)).CustomedData == '{"concurrent":true}'


def test_a_delayed_message_says_so_in_its_custom_data() -> None:
    step = MessageStep("h:1/a.B/Tell", b"x")

    assert message_request(Message("g", (step,), delay=4)).CustomedData == '{"delay":4}'
    assert message_request(Message("g", (step,))).CustomedData == ""


def test_prepare_and_submit_of_a_message_differ_in_nothing_but_the_wait() -> None:
    message = Message("g", (MessageStep("h:1/a.B/Tell", b"x"),), "h:1/a.B/QueryPrepared", options=OPTIONS)
    prepared, submitted = message_request(message), message_request(message, wait=True)

    assert prepared.QueryPrepared == "h:1/a.B/QueryPrepared"
    assert not prepared.TransOptions.WaitResult
    assert submitted.TransOptions.WaitResult
    submitted.TransOptions.WaitResult = False
    assert submitted == prepared


def test_options_are_carried_in_whole() -> None:
    options = tcc_request(Tcc("g", OPTIONS)).TransOptions

    assert (options.TimeoutToFail, options.RetryInterval, options.RequestTimeout) == (30, 10, 4)
    assert dict(options.BranchHeaders) == {"traceparent": "00-a-b-01", "b": "2"}


def test_a_retry_limit_reaches_the_saga() -> None:
    assert saga_request(Saga("g", (STEP,), options=Options(retry_limit=3))).TransOptions.RetryLimit == 3


def test_the_same_value_gives_the_same_bytes_whatever_the_order_of_its_headers() -> None:
    one = Tcc("g", Options(branch_headers={"a": "1", "b": "2"}))
    other = Tcc("g", Options(branch_headers={"b": "2", "a": "1"}))

    assert tcc_request(one).SerializeToString(deterministic=True) == tcc_request(other).SerializeToString(
        deterministic=True
    )


def test_a_registration_carries_both_ends_of_the_branch_and_its_payload() -> None:
    request = registration("g", "01", TccBranch("h:1/a.B/Try", "h:1/a.B/Confirm", "h:1/a.B/Cancel", b"p"))

    assert (request.Gid, request.TransType, request.BranchID, request.BusiPayload) == ("g", "tcc", "01", b"p")
    assert dict(request.Data) == {"confirm": "h:1/a.B/Confirm", "cancel": "h:1/a.B/Cancel"}


def test_the_status_probe_is_an_abort_that_never_names_a_kind_that_dtm_aborts() -> None:
    assert status_probe("g").TransType not in {Mode.TCC.value, Mode.MESSAGE.value, "xa"}


@pytest.mark.parametrize(("text", "size", "kept"), [("abc", 2, "ab"), ("aü", 2, "a"), ("ü", 2, "ü"), ("", 2, "")])
def test_a_long_text_is_cut_between_letters(text: str, size: int, kept: str) -> None:
    assert truncated(text, size) == kept


def test_a_rollback_reason_fits_every_store() -> None:
    assert len(abort_request("g", Mode.TCC, "ü" * 2000).RollbackReason.encode()) == 1000
