import logging

import pytest
from grpc import StatusCode

from dtm_client.branch.answers import answer
from dtm_client.errors import BranchError, BranchOngoing, BranchRefused
from dtm_client.values.branch import BranchCall
from dtm_client.values.status import Mode, Operation

ACTION = BranchCall("g", Mode.SAGA, "01", Operation.ACTION)


@pytest.mark.requirement("branch.refusal-is-aborted")
def test_a_refusal_is_told_with_its_reason() -> None:
    assert answer(ACTION, BranchRefused("out of stock, größer")) == (StatusCode.ABORTED, "out of stock, größer")


def test_ongoing_is_told_from_every_operation() -> None:
    for operation in Operation:
        call = BranchCall("g", Mode.SAGA, "01", operation)
        assert answer(call, BranchOngoing("later")) == (StatusCode.FAILED_PRECONDITION, "later")


@pytest.mark.parametrize(
    ("mode", "operation"),
    [
        (Mode.SAGA, Operation.COMPENSATE),
        (Mode.TCC, Operation.CONFIRM),
        (Mode.TCC, Operation.CANCEL),
        (Mode.MESSAGE, Operation.ACTION),
    ],
)
def test_a_refusal_where_dtm_takes_none_is_repeated_and_logged_loudly(
    mode: Mode, operation: Operation, caplog: pytest.LogCaptureFixture
) -> None:
    code, details = answer(BranchCall("g", mode, "07", operation), BranchRefused("no"))

    assert (code, details) == (StatusCode.UNAVAILABLE, "no")
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "gid g, branch 07" in record.getMessage()


def test_a_long_reason_leaves_room_for_the_branchs_url_in_dtms_column() -> None:
    code, details = answer(ACTION, BranchRefused("ü" * 2000))

    assert code is StatusCode.ABORTED
    assert len(details.encode()) == 700
    assert set(details) == {"ü"}


def test_a_reason_that_dtm_would_take_for_ongoing_is_told_in_other_words() -> None:
    assert answer(ACTION, BranchRefused("ONGOING")) == (StatusCode.ABORTED, "refused: ONGOING")


def test_any_other_branch_error_is_repeated() -> None:
    assert answer(ACTION, BranchError("odd"))[0] is StatusCode.UNAVAILABLE
