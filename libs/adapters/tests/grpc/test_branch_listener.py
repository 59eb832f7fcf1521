"""What the coordinator meets."""

from typing import Any

import pytest
from google.protobuf.empty_pb2 import Empty
from grpc import StatusCode

from accord.inventory.v1.inventory_branch_pb2 import StockBranchRequest
from accord.ports.errors import DependencyUnavailable, LockNotAcquired
from dtm_client.errors import BranchOngoing, BranchRefused
from dtm_client.values.status import Mode, Operation

# Breaks the rules of its proto file: undo, confirm and message steps must get through nevertheless.
INVALID = StockBranchRequest(order_id="no uuid")


async def test_a_handler_knows_the_call_it_serves(running: Any, dtm_metadata: Any) -> None:
    assert await running.branch_stub.Reserve(INVALID, metadata=dtm_metadata(op="compensate"), timeout=5) == Empty()

    (call,) = running.branches.calls
    assert (call.gid, call.mode, call.branch_id, call.operation) == ("gid", Mode.SAGA, "01", Operation.COMPENSATE)
    # gRPC rounds deadlines up.
    assert 0 < call.time_remaining < 6


@pytest.mark.requirement("branch.metadata-required")
@pytest.mark.parametrize("missing", ["dtm-gid", "dtm-trans_type", "dtm-branch_id", "dtm-op"])
async def test_a_call_without_the_coordinators_metadata_is_refused(
    running: Any, failure: Any, dtm_metadata: Any, missing: Any
) -> None:
    metadata = [entry for entry in dtm_metadata() if entry[0] != missing]
    answer = await failure(running.branch_stub.Reserve(INVALID, metadata=metadata))

    assert (answer.code, answer.info.reason) == (StatusCode.INVALID_ARGUMENT, "NOT_A_BRANCH_CALL")
    assert missing in answer.message
    assert running.branches.calls == []


@pytest.mark.requirement("branch.refusal-is-aborted")
@pytest.mark.parametrize(
    ("error", "operation", "code", "reason"),
    [
        (BranchRefused("OUT_OF_STOCK"), "action", StatusCode.ABORTED, "REFUSED"),
        (BranchRefused("OUT_OF_STOCK"), "compensate", StatusCode.UNAVAILABLE, "REFUSAL_NOT_UNDERSTOOD"),
        (BranchOngoing("not yet"), "action", StatusCode.FAILED_PRECONDITION, "ONGOING"),
        (DependencyUnavailable("database", "gone"), "action", StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE"),
        (LockNotAcquired("held"), "action", StatusCode.UNAVAILABLE, "LOCK_NOT_ACQUIRED"),
        (KeyError("a defect"), "action", StatusCode.INTERNAL, "DEFECT"),
    ],
)
async def test_only_a_refusal_is_told_as_a_no(
    running: Any, failure: Any, dtm_metadata: Any, error: Any, operation: Any, code: Any, reason: Any
) -> None:
    running.branches.error = error
    answer = await failure(running.branch_stub.Reserve(INVALID, metadata=dtm_metadata(op=operation)))

    assert (answer.code, answer.info.reason) == (code, reason)
    if isinstance(error, BranchRefused):
        assert answer.message == "OUT_OF_STOCK"


async def test_the_log_line_of_a_branch_call_names_its_transaction(running: Any, logs: Any, dtm_metadata: Any) -> None:
    await running.branch_stub.Commit(INVALID, metadata=dtm_metadata(gid="g7", branch_id="02", op="confirm"))

    (line,) = [line for line in logs if line.get("rpc.method") == "Commit"]
    assert (line["accord.gid"], line["accord.branch"], line["accord.operation"]) == ("g7", "02", "confirm")
