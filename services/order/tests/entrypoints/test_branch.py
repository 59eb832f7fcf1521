"""What the transaction manager meets."""

from typing import Any

import grpc
import pytest

from accord.adapters.dtm.timing import TIMINGS
from accord.money.v1.money_pb2 import Money
from accord.order.v1 import order_pb2
from accord.order.v1.order_branch_pb2 import NewOrder, OrderBranchRequest
from accord.services.order.bootstrap import KNOWN_POINTS
from dtm_client.values.status import Mode, Operation

OK = (grpc.StatusCode.OK, "")
ORDER = "0b5f7c1e-0000-5000-8000-000000000001"
EUROS = Money(minor=5, currency="EUR")


def request_for(order_id: str = ORDER, **fields: Any) -> OrderBranchRequest:
    new_order: dict[str, Any] = {
        "customer_id": "carla",
        "lines": [order_pb2.OrderLine(sku="TEA", quantity=1, unit_price=EUROS, price_version=1)],
        "total": EUROS,
        "payment_method": order_pb2.PAYMENT_METHOD_HOSTED,
        "payment_id": ORDER,
    }
    return OrderBranchRequest(order_id=order_id, new_order=NewOrder(**(new_order | fields)))


async def status(running: Any, order_id: str = ORDER) -> str:
    response = await running.orders.GetOrder(order_pb2.GetOrderRequest(order_id=order_id))
    return order_pb2.OrderStatus.Name(response.order.status).removeprefix("ORDER_STATUS_")


async def test_a_saga_creates_the_order_and_makes_it_wait_for_its_payment(running: Any) -> None:
    assert await running.branch("Create", request_for(), Operation.ACTION) == OK
    assert await status(running) == "CREATED"
    assert await running.branch("Create", request_for(), Operation.ACTION) == OK
    other = await running.branch("AwaitPayment", request_for(), Operation.ACTION, gid="another branch")
    assert other == OK
    assert await status(running) == "AWAITING_PAYMENT"


@pytest.mark.parametrize(
    ("mode", "do", "undo"),
    [(Mode.SAGA, Operation.ACTION, Operation.COMPENSATE), (Mode.TCC, Operation.TRY, Operation.CANCEL)],
)
@pytest.mark.parametrize("was_done", [True, False])
async def test_what_is_repeated_after_its_undo_is_refused(
    running: Any, mode: Mode, do: Operation, undo: Operation, was_done: bool
) -> None:
    if was_done:
        assert await running.branch("Create", request_for(), do, mode=mode) == OK
    assert await running.branch("Close", request_for(), undo, mode=mode) == OK
    code, _ = await running.branch("Create", request_for(), do, mode=mode)
    assert code is grpc.StatusCode.ABORTED
    if was_done:
        assert await status(running) == "CLOSED"


async def test_more_unpaid_orders_than_the_limit_are_refused(running: Any) -> None:
    for number in (1, 2):
        order_id = f"0b5f7c1e-0000-5000-8000-00000000000{number}"
        assert await running.branch("Create", request_for(order_id), Operation.ACTION, gid=order_id) == OK
    third = "0b5f7c1e-0000-5000-8000-000000000003"
    answer = await running.branch("Create", request_for(third), Operation.ACTION, gid=third)
    assert answer == (grpc.StatusCode.ABORTED, "TOO_MANY_UNPAID_ORDERS")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"customer_id": "not a customer"}, "INVALID_REQUEST"),
        ({"lines": []}, "INVALID_REQUEST"),
        ({"total": Money(minor=6, currency="EUR")}, "TOTAL_MISMATCH"),
        ({"total": Money(minor=5, currency="USD")}, "CURRENCIES_DIFFER"),
    ],
)
@pytest.mark.parametrize("operation", [Operation.ACTION, Operation.TRY])
async def test_an_action_or_try_that_breaks_the_rules_is_refused_so_that_it_is_undone(
    running: Any, fields: dict[str, Any], reason: str, operation: Operation
) -> None:
    mode = Mode.SAGA if operation is Operation.ACTION else Mode.TCC
    code, text = await running.branch("Create", request_for(**fields), operation, mode=mode)
    assert code is grpc.StatusCode.ABORTED
    assert text.startswith(reason)


@pytest.mark.requirement("branch.validation-where-refusable")
@pytest.mark.parametrize(
    ("method", "mode", "operation"),
    [
        ("Close", Mode.SAGA, Operation.COMPENSATE),
        ("Close", Mode.TCC, Operation.CANCEL),
        ("MarkPaid", Mode.TCC, Operation.CONFIRM),
        ("MarkPaid", Mode.MESSAGE, Operation.ACTION),
        ("Close", Mode.MESSAGE, Operation.ACTION),
        ("MarkRefunding", Mode.MESSAGE, Operation.ACTION),
        ("MarkRefunded", Mode.MESSAGE, Operation.ACTION),
        ("MarkRefundFailed", Mode.MESSAGE, Operation.ACTION),
    ],
)
async def test_what_may_not_refuse_is_never_validated(
    running: Any, method: str, mode: Mode, operation: Operation
) -> None:
    invalid = OrderBranchRequest(order_id="not an id", close_reason="x" * 65)
    assert await running.branch(method, invalid, operation, mode=mode) == OK


@pytest.mark.requirement("saga.await-payment-never-refuses")
@pytest.mark.parametrize("tellings", [[], ["MarkPaid"], ["Close"], ["Close", "MarkPaid"]])
@pytest.mark.parametrize("is_created", [True, False])
async def test_awaiting_the_payment_is_never_refused(running: Any, tellings: list[str], is_created: bool) -> None:
    if is_created:
        assert await running.branch("Create", request_for(), Operation.ACTION) == OK
    for number, method in enumerate(tellings):
        answer = await running.branch(method, request_for(), Operation.ACTION, gid=f"m{number}", mode=Mode.MESSAGE)
        assert answer == OK
    assert await running.branch("AwaitPayment", request_for(), Operation.ACTION, gid="waiting") == OK


async def test_a_refund_is_told_from_its_begin_to_its_end(running: Any) -> None:
    assert await running.branch("Create", request_for(), Operation.ACTION) == OK
    seen: list[str] = []
    for method in ("MarkPaid", "MarkRefunding", "MarkRefundFailed", "MarkRefunded", "MarkRefundFailed", "MarkPaid"):
        answer = await running.branch(method, request_for(), Operation.ACTION, gid=f"{method}{len(seen)}")
        assert answer == OK
        seen.append(await status(running))
    assert seen == ["PAID", "REFUNDING", "REFUND_FAILED", "REFUNDED", "REFUNDED", "REFUNDED"]


def test_every_operation_can_be_killed_before_and_after_its_commit() -> None:
    names = ("create", "await-payment", "mark-paid", "close", "mark-refunding", "mark-refunded", "mark-refund-failed")
    points = {f"order.{name}:{point}" for name in names for point in ("before-commit", "after-commit")}
    assert points == KNOWN_POINTS - {"order.place:after-attempt", "order.place:after-outcome"}


def test_a_hosted_order_is_never_undone_for_want_of_time() -> None:
    options = TIMINGS["place-hosted"].options
    assert (options.timeout_to_fail, options.retry_limit) == (0, 0)


async def test_a_branch_call_without_the_metadata_of_its_transaction_is_refused(running: Any) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refusal:
        await running.branches.Create(request_for())
    assert refusal.value.code() is grpc.StatusCode.INVALID_ARGUMENT
