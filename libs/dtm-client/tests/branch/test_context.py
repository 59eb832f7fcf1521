import pytest

from dtm_client.branch.context import BranchContext, current_branch, entered, read_branch_context
from dtm_client.errors import NotABranchCall
from dtm_client.values.branch import message_call
from dtm_client.values.status import Mode, Operation

METADATA: list[tuple[str, str | bytes]] = [
    ("user-agent", "grpc-go"),
    ("dtm-gid", "g"),
    ("dtm-trans_type", "saga"),
    ("dtm-branch_id", "01"),
    ("dtm-op", "compensate"),
    ("dtm-dtm", ""),
    ("baggage-bin", b"\xff"),
]


def test_a_branch_call_is_read_from_dtms_metadata() -> None:
    context = read_branch_context(METADATA, 2.5)

    assert context == BranchContext("g", Mode.SAGA, "01", Operation.COMPENSATE, manager="", time_remaining=2.5)


def test_a_transactions_own_header_cannot_shadow_dtms() -> None:
    assert read_branch_context([*METADATA, ("dtm-gid", "forged")], None).gid == "g"


@pytest.mark.parametrize("missing", ["dtm-gid", "dtm-trans_type", "dtm-branch_id", "dtm-op"])
def test_a_call_without_dtms_metadata_is_no_branch_call(missing: str) -> None:
    with pytest.raises(NotABranchCall, match=missing):
        read_branch_context([pair for pair in METADATA if pair[0] != missing], None)


@pytest.mark.parametrize(("key", "value"), [("dtm-trans_type", "xa"), ("dtm-op", "commit")])
def test_a_kind_of_call_that_is_not_served_is_no_branch_call(key: str, value: str) -> None:
    with pytest.raises(NotABranchCall, match=value):
        read_branch_context([(name, value if name == key else old) for name, old in METADATA], None)


@pytest.mark.parametrize(
    ("mode", "operation", "may"),
    [
        (Mode.SAGA, Operation.ACTION, True),
        (Mode.SAGA, Operation.COMPENSATE, False),
        (Mode.TCC, Operation.TRY, True),
        (Mode.TCC, Operation.CONFIRM, False),
        (Mode.TCC, Operation.CANCEL, False),
        (Mode.MESSAGE, Operation.ACTION, False),
        (Mode.MESSAGE, Operation.MESSAGE, True),
    ],
)
def test_only_an_action_a_try_and_query_prepared_may_refuse(mode: Mode, operation: Operation, may: bool) -> None:
    assert BranchContext("g", mode, "01", operation, "", None).may_refuse is may


def test_query_prepared_is_called_under_the_local_transactions_own_call() -> None:
    call = message_call("g")
    metadata = [("dtm-gid", "g"), ("dtm-trans_type", "msg"), ("dtm-branch_id", "00"), ("dtm-op", "msg")]
    context = read_branch_context(metadata, None)

    assert (context.gid, context.mode, context.branch_id, context.operation) == (
        call.gid,
        call.mode,
        call.branch_id,
        call.operation,
    )


def test_the_current_branch_is_there_only_while_it_is_served() -> None:
    context = read_branch_context(METADATA, None)
    with entered(context):
        assert current_branch() is context
    with pytest.raises(LookupError):
        current_branch()
