import json

import pytest

from dtm_client.errors import ProtocolViolation
from dtm_client.protocol.query import checked_base, query_path, read_query
from dtm_client.values.status import Status, TransactionState


def body(**transaction: str) -> bytes:
    return json.dumps({"branches": [], "transaction": transaction}).encode()


def test_the_path_ends_so_that_dtms_metrics_stay_small() -> None:
    assert query_path("g-1") == "/api/dtmsvr/query?gid=g-1&_=/query"


def test_a_gid_cannot_break_out_of_its_parameter() -> None:
    assert query_path("a&b=/?#%") == "/api/dtmsvr/query?gid=a%26b%3D%2F%3F%23%25&_=/query"


def test_a_transaction_that_is_not_there_is_unknown() -> None:
    assert read_query(200, b'{"branches":[],"transaction":null}') == TransactionState(Status.UNKNOWN_GID)


def test_a_reason_is_read_as_the_branch_gave_it() -> None:
    kept = body(status="failed", rollback_reason="url:h:1/a.B/C return failed: out of stock ü FAILURE")

    assert read_query(200, kept) == TransactionState(Status.FAILED, "out of stock ü")
    assert read_query(200, body(status="aborting", rollback_reason="as told")) == TransactionState(
        Status.ABORTING, "as told"
    )
    assert read_query(200, body(status="succeed")) == TransactionState(Status.SUCCEEDED)


@pytest.mark.parametrize("url", ["127.0.0.1:36789", "dtm:36789", "ftp://dtm", "http://", ""])
def test_an_address_that_is_no_base_url_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(ValueError, match=r"http://127.0.0.1:36789"):
        checked_base(url)


def test_a_base_url_may_have_a_path() -> None:
    assert checked_base("https://gateway/dtm") == "https://gateway/dtm"


@pytest.mark.parametrize(
    ("status", "answer"),
    [(404, b""), (200, b"not json"), (200, b"[]"), (200, b"{}"), (200, b'{"transaction":{"status":"odd"}}')],
)
def test_what_dtm_never_answers_is_a_violation(status: int, answer: bytes) -> None:
    with pytest.raises(ProtocolViolation):
        read_query(status, answer)
