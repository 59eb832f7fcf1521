"""The service as a whole: payments that expire, are cancelled and are refunded, and everybody is told."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import grpc.aio
import pytest
from google.rpc.error_details_pb2 import ErrorInfo
from grpc import StatusCode
from grpc_status import rpc_status

from accord.money.v1.money_pb2 import Money
from accord.payment.v1 import payment_pb2
from dtm_client.values.status import Mode, Operation


async def opened(running: Any, request: Any) -> str:
    """Open a hosted payment, and return where the customer pays."""
    assert await running.branch("Open", request, Operation.ACTION, f"place-{uuid4()}") == (StatusCode.OK, "")
    return str(await running.checkout(request))


async def payment_of(running: Any, request: Any) -> Any:
    by_id = payment_pb2.GetPaymentRequest(payment_id=request.payment_id)
    return (await running.payments.GetPayment(by_id)).payment


async def reason_of(call: Any) -> tuple[StatusCode, str]:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    info = ErrorInfo()
    status: Any = rpc_status.from_call(failed.value)
    status.details[0].Unpack(info)
    return failed.value.code(), info.reason


def cancel(running: Any, request: Any) -> Any:
    return running.payments.CancelPayment(payment_pb2.CancelPaymentRequest(payment_id=request.payment_id))


def refund(running: Any, request: Any) -> Any:
    return running.payments.RefundPayment(payment_pb2.RefundPaymentRequest(payment_id=request.payment_id))


def settle(running: Any, request: Any, note: str = "by bank transfer") -> Any:
    return running.payments.SettleRefund(payment_pb2.SettleRefundRequest(payment_id=request.payment_id, note=note))


async def receipts_of(running: Any) -> list[str]:
    return [record.receipt.status for record in await running.audit() if record.HasField("receipt")]


async def receipt_becomes(running: Any, status: str) -> None:
    """Return once the only receipt is at its status; fails the test when it never is."""
    async with asyncio.timeout(10):
        while await receipts_of(running) != [status]:
            continue


async def test_a_payment_that_nobody_pays_is_expired_and_late_money_goes_back(
    start: Callable[..., Any], request_of: Callable[..., Any]
) -> None:
    async with start(window=0.01) as running:
        request = request_of()
        url = await opened(running, request)
        await running.told.wait_for(("Close PAYMENT_EXPIRED", request.order_id), ("Release", request.order_id))
        assert (await payment_of(running, request)).status == payment_pb2.PAYMENT_STATUS_EXPIRED

        await running.pay(url)

        await receipt_becomes(running, "REFUNDED")
        assert await running.refunded() == [2_500]
        assert await reason_of(cancel(running, request)) == (StatusCode.FAILED_PRECONDITION, "ALREADY_CLOSED")
        assert await reason_of(refund(running, request)) == (StatusCode.FAILED_PRECONDITION, "NOT_PAID")
        assert await running.broken_laws() == []


async def test_a_lost_callback_is_found_in_the_providers_book(
    start: Callable[..., Any], request_of: Callable[..., Any]
) -> None:
    async with start(window=0.01) as running:
        request = request_of()
        # Paid before the window can be over.
        assert await running.pay(await running.checkout(request), lose=True) == []
        await opened(running, request)

        await running.told.wait_for(("MarkPaid", request.order_id), ("Commit", request.order_id))

        assert (await payment_of(running, request)).status == payment_pb2.PAYMENT_STATUS_SUCCEEDED
        assert await running.broken_laws() == []


async def test_a_cancelled_payment_is_closed_once_and_cannot_be_checked_out(running: Any, request_of: Any) -> None:
    request = request_of()
    await opened(running, request)

    first, again = await cancel(running, request), await cancel(running, request)

    assert first == again
    assert first.payment.status == payment_pb2.PAYMENT_STATUS_CANCELLED
    await running.told.wait_for(("Close CANCELLED", request.order_id), ("Release", request.order_id))
    checkout = running.payments.Checkout(payment_pb2.CheckoutRequest(payment_id=request.payment_id))
    assert await reason_of(checkout) == (StatusCode.FAILED_PRECONDITION, "NOT_PAYABLE")
    assert await running.broken_laws() == []


@pytest.mark.parametrize("behaviour", ["done", "slow"])
async def test_a_refund_is_told_when_it_begins_and_when_the_customer_has_the_money(
    running: Any, request_of: Any, behaviour: str
) -> None:
    request = request_of()
    await running.pay(await opened(running, request))
    assert await reason_of(cancel(running, request)) == (StatusCode.FAILED_PRECONDITION, "ALREADY_PAID")
    await running.behave(behaviour)

    begun = await refund(running, request)

    assert begun.payment.status == payment_pb2.PAYMENT_STATUS_REFUNDING
    await running.told.wait_for(
        ("Restock", request.order_id), ("MarkRefunding", request.order_id), ("MarkRefunded", request.order_id)
    )
    assert (await payment_of(running, request)).status == payment_pb2.PAYMENT_STATUS_REFUNDED
    assert (await refund(running, request)).payment.status == payment_pb2.PAYMENT_STATUS_REFUNDED
    assert await running.refunded() == [2_500]
    assert await reason_of(settle(running, request)) == (StatusCode.FAILED_PRECONDITION, "NOTHING_TO_SETTLE")
    assert await running.broken_laws() == []


async def test_a_refused_refund_waits_for_an_operator_who_settles_it(running: Any, request_of: Any) -> None:
    request = request_of()
    await running.pay(await opened(running, request))
    await running.behave("refuse")
    await refund(running, request)
    await running.told.wait_for(("MarkRefundFailed", request.order_id))
    assert (await payment_of(running, request)).status == payment_pb2.PAYMENT_STATUS_REFUND_FAILED
    assert await reason_of(settle(running, request, note="")) == (StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST")

    settled = await settle(running, request)

    assert settled.payment.status == payment_pb2.PAYMENT_STATUS_REFUNDED
    await running.told.wait_for(("MarkRefunded", request.order_id))
    await receipt_becomes(running, "SETTLED")
    assert await running.refunded() == [0]
    assert await running.broken_laws() == []


async def test_a_wallet_order_is_refunded_to_the_wallet(running: Any, request_of: Callable[..., Any]) -> None:
    customer = f"alice-{uuid4()}"
    amount = Money(minor=4_000, currency="EUR")
    top_up = payment_pb2.TopUpWalletRequest(customer_id=customer, amount=amount, idempotency_key="first")
    await running.payments.TopUpWallet(top_up)
    request, gid = request_of(customer=customer), f"place-{uuid4()}"
    await running.branch("Freeze", request, Operation.TRY, gid, Mode.TCC)
    assert await reason_of(refund(running, request)) == (StatusCode.UNAVAILABLE, "UNDER_WAY")
    await running.branch("Capture", request, Operation.CONFIRM, gid, Mode.TCC)

    await refund(running, request)

    await running.told.wait_for(("Restock", request.order_id), ("MarkRefunded", request.order_id))
    [balance] = (await running.payments.GetWallet(payment_pb2.GetWalletRequest(customer_id=customer))).balances
    assert balance.available == amount
    assert await running.broken_laws() == []
