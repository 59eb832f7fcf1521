"""What customers see."""

import asyncio
from typing import Any

import grpc.aio
import pytest
from google.rpc import error_details_pb2
from grpc_status.rpc_status import from_call

from accord.money.v1.money_pb2 import Money
from accord.order.v1 import order_pb2
from accord.order.v1.order_branch_pb2 import NewOrder, OrderBranchRequest
from accord.services.order.domain.errors import AlreadyClosed, AlreadyPaid, NotPaid, PaymentNotOpen, PaymentRefused
from dtm_client.values.status import Mode, Operation

MISSING = "0b5f7c1e-0000-5000-8000-00000000000f"


def place(key: str = "key-1", **fields: Any) -> order_pb2.PlaceOrderRequest:
    asked: dict[str, Any] = {
        "idempotency_key": key,
        "customer_id": "carla",
        "lines": [order_pb2.LineRequest(sku="TEA", quantity=2)],
        "payment_method": order_pb2.PAYMENT_METHOD_HOSTED,
    }
    return order_pb2.PlaceOrderRequest(**(asked | fields))


def reason_of(error: grpc.aio.AioRpcError) -> str:
    status = from_call(error)
    assert status is not None
    info = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(info)
    assert info.domain == "accord"
    return str(info.reason)


async def create(running: Any, number: int) -> str:
    order_id = f"0b5f7c1e-0000-5000-8000-{number:012d}"
    new_order = NewOrder(
        customer_id=f"customer-{number}",
        lines=[order_pb2.OrderLine(sku="TEA", quantity=1, unit_price=Money(minor=5, currency="EUR"), price_version=1)],
        total=Money(minor=5, currency="EUR"),
        payment_method=order_pb2.PAYMENT_METHOD_WALLET,
        payment_id=order_id,
    )
    request = OrderBranchRequest(order_id=order_id, new_order=new_order)
    code, _ = await running.branch("Create", request, Operation.ACTION, gid=f"place-{order_id}")
    assert code is grpc.StatusCode.OK
    return order_id


async def test_a_business_no_is_an_order_that_is_closed_with_its_reason(running: Any) -> None:
    order = (await running.orders.PlaceOrder(place())).order
    assert (order.status, order.close_reason) == (order_pb2.ORDER_STATUS_CLOSED, "OUT_OF_STOCK")
    assert (order.total.minor, order.total.currency) == (200, "EUR")
    assert [(line.sku, line.quantity, line.price_version) for line in order.lines] == [("TEA", 2, 1)]
    assert order.gid == f"place-{order.order_id}"
    assert (await running.orders.GetOrder(order_pb2.GetOrderRequest(order_id=order.order_id))).order == order


@pytest.mark.parametrize(
    ("request_", "code", "reason"),
    [
        (place("one", customer_id="dora"), grpc.StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED"),
        (place(lines=[order_pb2.LineRequest(sku="NONE", quantity=1)]), grpc.StatusCode.NOT_FOUND, "UNKNOWN_ITEM"),
        (
            place(lines=[order_pb2.LineRequest(sku=sku, quantity=1) for sku in ("TEA", "DOLLAR")]),
            grpc.StatusCode.INVALID_ARGUMENT,
            "INVALID_ORDER",
        ),
        (place(lines=[]), grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST"),
    ],
)
async def test_what_cannot_be_placed_is_an_error_with_its_reason(
    running: Any, request_: order_pb2.PlaceOrderRequest, code: grpc.StatusCode, reason: str
) -> None:
    quantity = order_pb2.LineRequest(sku="TEA", quantity=3)
    await running.orders.PlaceOrder(place("one", customer_id="dora", lines=[quantity]))
    with pytest.raises(grpc.aio.AioRpcError) as refusal:
        await running.orders.PlaceOrder(request_)
    assert (refusal.value.code(), reason_of(refusal.value)) == (code, reason)


async def test_an_unknown_item_is_named(running: Any) -> None:
    with pytest.raises(grpc.aio.AioRpcError, match="inventory has no NONE"):
        await running.orders.PlaceOrder(place(lines=[order_pb2.LineRequest(sku="NONE", quantity=1)]))


async def test_an_order_that_nobody_placed_is_not_found(running: Any) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as missing:
        await running.orders.GetOrder(order_pb2.GetOrderRequest(order_id=MISSING))
    assert (missing.value.code(), reason_of(missing.value)) == (grpc.StatusCode.NOT_FOUND, "ORDER_NOT_FOUND")
    with pytest.raises(grpc.aio.AioRpcError) as missing:
        await running.orders.WatchOrder(order_pb2.WatchOrderRequest(order_id=MISSING)).read()
    assert missing.value.code() is grpc.StatusCode.NOT_FOUND


async def test_pages_follow_each_other_by_their_tokens(running: Any) -> None:
    placed = {await create(running, number) for number in range(5)}
    found: list[str] = []
    token = ""
    for size in (2, 2, 1):
        response = await running.orders.ListOrders(order_pb2.ListOrdersRequest(page_size=2, page_token=token))
        token = response.next_page_token
        assert len(response.orders) == size
        assert bool(token) is (size == 2)
        found += [order.order_id for order in response.orders]
    assert set(found) == placed


@pytest.mark.parametrize("token", ["x", "!!!!", "YWJj", "MjAzMC0wMS0wMiBpZA=="])
async def test_a_page_token_of_somebody_elses_is_refused(running: Any, token: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refusal:
        await running.orders.ListOrders(order_pb2.ListOrdersRequest(page_token=token))
    code, reason = refusal.value.code(), reason_of(refusal.value)
    assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN")


async def test_a_watch_ends_with_the_final_status(running: Any) -> None:
    order_id = await create(running, 1)
    watch = running.orders.WatchOrder(order_pb2.WatchOrderRequest(order_id=order_id))
    assert (await watch.read()).order.status == order_pb2.ORDER_STATUS_CREATED
    await running.branch("MarkPaid", OrderBranchRequest(order_id=order_id), Operation.CONFIRM, gid=f"place-{order_id}")
    assert (await watch.read()).order.status == order_pb2.ORDER_STATUS_PAID
    assert await watch.read() is grpc.aio.EOF


async def tell(running: Any, order_id: str, method: str) -> None:
    request = OrderBranchRequest(order_id=order_id, close_reason="CANCELLED")
    code, _ = await running.branch(method, request, Operation.ACTION, gid=f"{method}-{order_id}", mode=Mode.MESSAGE)
    assert code is grpc.StatusCode.OK


async def test_an_order_is_cancelled_by_its_payment(running: Any) -> None:
    order_id = await create(running, 1)
    await tell(running, order_id, "Close")
    order = (await running.orders.CancelOrder(order_pb2.CancelOrderRequest(order_id=order_id))).order
    assert (order.status, order.close_reason) == (order_pb2.ORDER_STATUS_CLOSED, "CANCELLED")
    assert running.desk.asked == [("cancel", order_id)]


async def test_an_order_is_refunded_by_its_payment(running: Any) -> None:
    order_id = await create(running, 1)
    for method in ("MarkPaid", "MarkRefunding"):
        await tell(running, order_id, method)
    order = (await running.orders.RefundOrder(order_pb2.RefundOrderRequest(order_id=order_id))).order
    assert order.status == order_pb2.ORDER_STATUS_REFUNDING
    assert running.desk.asked == [("refund", order_id)]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (AlreadyPaid("in payment's words"), "ALREADY_PAID"),
        (AlreadyClosed("in payment's words"), "ALREADY_CLOSED"),
        (NotPaid("in payment's words"), "NOT_PAID"),
        (PaymentNotOpen("in payment's words"), "PAYMENT_NOT_OPEN"),
        (PaymentRefused("in payment's words"), "PAYMENT_REFUSED"),
    ],
)
async def test_what_payment_refuses_is_told_with_its_reason(running: Any, error: Exception, reason: str) -> None:
    order_id = await create(running, 1)
    running.desk.error = error
    with pytest.raises(grpc.aio.AioRpcError, match="in payment's words") as refusal:
        await running.orders.CancelOrder(order_pb2.CancelOrderRequest(order_id=order_id))
    code = grpc.StatusCode.FAILED_PRECONDITION
    assert (refusal.value.code(), reason_of(refusal.value)) == (code, reason)


async def test_a_refund_is_asked_for_when_an_order_is_paid_after_it_was_closed(running: Any) -> None:
    order_id = await create(running, 1)
    for method in ("Close", "MarkPaid"):
        await tell(running, order_id, method)
    async with asyncio.timeout(5):
        await running.desk.was_asked.wait()
    assert running.desk.asked[0] == ("refund", order_id)


async def test_every_law_is_reported(running: Any) -> None:
    await running.orders.PlaceOrder(place())
    await create(running, 1)
    laws = await running.laws()
    assert len(laws) == 6
    assert all(laws.values())
