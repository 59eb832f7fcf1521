"""What the branch and the public listener answer."""

from typing import Any
from uuid import uuid4

import grpc
import grpc.aio
import pytest
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo
from grpc import StatusCode
from grpc_status import rpc_status

from accord.adapters.service.life import started
from accord.adapters.settings.errors import BadConfiguration
from accord.money.v1.money_pb2 import Money
from accord.payment.v1 import payment_pb2
from accord.payment.v1.payment_branch_pb2 import PaymentBranchRequest, QueryPreparedRequest
from accord.services.payment.bootstrap import KNOWN_POINTS, bootstrap
from accord.services.payment.config import PaymentSettings
from dtm_client.values.status import Mode, Operation

OK = (StatusCode.OK, "")


async def reason_of(call: Any) -> tuple[StatusCode, str]:
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await call
    info = ErrorInfo()
    status: Any = rpc_status.from_call(failed.value)
    status.details[0].Unpack(info)
    return failed.value.code(), info.reason


async def payment_of(running: Any, request: Any) -> Any:
    by_id = payment_pb2.GetPaymentRequest(payment_id=request.payment_id)
    return (await running.payments.GetPayment(by_id)).payment


async def test_a_repeated_open_is_answered_as_the_first(running: Any, request_of: Any) -> None:
    request = request_of()

    assert await running.branch("Open", request, Operation.ACTION) == OK
    assert await running.branch("Open", request, Operation.ACTION) == OK

    payment = await payment_of(running, request)
    assert payment.status == payment_pb2.PAYMENT_STATUS_PENDING
    assert payment.HasField("expires_at")
    assert payment.decided_by == ""


async def test_an_open_that_comes_after_its_void_is_refused(running: Any, request_of: Any) -> None:
    request = request_of()

    assert await running.branch("Void", request, Operation.COMPENSATE) == OK
    code, _ = await running.branch("Open", request, Operation.ACTION)

    assert code is StatusCode.ABORTED
    assert await reason_of(payment_of(running, request)) == (StatusCode.NOT_FOUND, "PAYMENT_NOT_FOUND")


async def test_a_void_closes_what_its_open_made(running: Any, request_of: Any) -> None:
    request = request_of()
    await running.branch("Open", request, Operation.ACTION, "place-1")

    assert await running.branch("Void", request, Operation.COMPENSATE, "place-1") == OK

    payment = await payment_of(running, request)
    assert (payment.status, payment.decided_by) == (payment_pb2.PAYMENT_STATUS_VOIDED, "place-1")
    checkout = running.payments.Checkout(payment_pb2.CheckoutRequest(payment_id=request.payment_id))
    assert await reason_of(checkout) == (StatusCode.FAILED_PRECONDITION, "NOT_PAYABLE")


async def test_a_freeze_is_undone_by_its_unfreeze(running: Any, request_of: Any) -> None:
    top_up = payment_pb2.TopUpWalletRequest(
        customer_id="alice", amount=Money(minor=4_000, currency="EUR"), idempotency_key="first"
    )
    await running.payments.TopUpWallet(top_up)
    request = request_of()

    assert await running.branch("Freeze", request, Operation.TRY, mode=Mode.TCC) == OK
    assert await running.branch("Unfreeze", request, Operation.CANCEL, mode=Mode.TCC) == OK

    wallet = await running.payments.GetWallet(payment_pb2.GetWalletRequest(customer_id="alice"))
    assert [(balance.available.minor, balance.frozen.minor) for balance in wallet.balances] == [(4_000, 0)]
    assert not (await payment_of(running, request)).HasField("expires_at")
    assert await running.broken_laws() == []


@pytest.mark.parametrize(
    ("method", "operation", "mode", "minor", "reason"),
    [
        ("Open", Operation.ACTION, Mode.SAGA, 49, "AMOUNT_TOO_SMALL"),
        ("Open", Operation.ACTION, Mode.SAGA, 100_000_001, "AMOUNT_TOO_LARGE"),
        ("Freeze", Operation.TRY, Mode.TCC, 2_500, "WALLET_TOO_SMALL"),
    ],
)
async def test_a_refusal_is_told_with_its_reason(
    running: Any, request_of: Any, method: str, operation: Operation, mode: Mode, minor: int, reason: str
) -> None:
    assert await running.branch(method, request_of(minor), operation, mode=mode) == (StatusCode.ABORTED, reason)


@pytest.mark.parametrize(
    ("method", "operation", "mode"), [("Open", Operation.ACTION, Mode.SAGA), ("Freeze", Operation.TRY, Mode.TCC)]
)
async def test_an_invalid_request_is_refused_where_a_no_is_understood(
    running: Any, method: str, operation: Operation, mode: Mode
) -> None:
    code, reason = await running.branch(method, PaymentBranchRequest(payment_id="no uuid"), operation, mode=mode)

    assert code is StatusCode.ABORTED
    assert reason.startswith("INVALID_REQUEST")


@pytest.mark.requirement("branch.validation-where-refusable")
@pytest.mark.parametrize(
    ("method", "operation", "mode"),
    [
        ("Void", Operation.COMPENSATE, Mode.SAGA),
        ("Capture", Operation.CONFIRM, Mode.TCC),
        ("Unfreeze", Operation.CANCEL, Mode.TCC),
    ],
)
async def test_an_undo_or_a_confirmation_never_refuses(
    running: Any, method: str, operation: Operation, mode: Mode
) -> None:
    assert await running.branch(method, PaymentBranchRequest(payment_id="no uuid"), operation, mode=mode) == OK


@pytest.mark.requirement("barrier.query-prepared-bars")
async def test_a_decision_that_was_never_made_is_denied_for_ever(running: Any) -> None:
    asked = [
        await running.branch("QueryPrepared", QueryPreparedRequest(), Operation.MESSAGE, "lost", Mode.MESSAGE, "00")
        for _ in range(2)
    ]

    assert [code for code, _ in asked] == [StatusCode.ABORTED, StatusCode.ABORTED]


async def test_a_branch_call_without_the_managers_metadata_is_refused(running: Any, request_of: Any) -> None:
    assert await reason_of(running.branches.Open(request_of())) == (StatusCode.INVALID_ARGUMENT, "NOT_A_BRANCH_CALL")


async def test_what_is_not_there_is_not_found(running: Any) -> None:
    nobody = str(uuid4())

    assert await reason_of(running.payments.GetPayment(payment_pb2.GetPaymentRequest(order_id=nobody))) == (
        StatusCode.NOT_FOUND,
        "PAYMENT_NOT_FOUND",
    )
    assert await reason_of(running.payments.Checkout(payment_pb2.CheckoutRequest(payment_id=nobody))) == (
        StatusCode.NOT_FOUND,
        "PAYMENT_NOT_FOUND",
    )
    assert list((await running.payments.GetWallet(payment_pb2.GetWalletRequest(customer_id="nobody"))).balances) == []


async def test_a_key_with_another_amount_already_exists(running: Any) -> None:
    request = payment_pb2.TopUpWalletRequest(
        customer_id="alice", amount=Money(minor=100, currency="EUR"), idempotency_key="first"
    )
    await running.payments.TopUpWallet(request)
    request.amount.minor = 101

    assert await reason_of(running.payments.TopUpWallet(request)) == (
        StatusCode.ALREADY_EXISTS,
        "IDEMPOTENCY_KEY_REUSED",
    )


async def test_a_wallet_that_would_hold_too_much_stays_as_it_is(running: Any) -> None:
    full = Money(minor=10**12, currency="EUR")
    for key, answer in (("first", None), ("second", (StatusCode.FAILED_PRECONDITION, "WALLET_FULL"))):
        call = running.payments.TopUpWallet(
            payment_pb2.TopUpWalletRequest(customer_id="alice", amount=full, idempotency_key=key)
        )
        assert (await call).balance.available == full if answer is None else await reason_of(call) == answer


async def test_a_faulty_request_is_told_field_by_field(running: Any) -> None:
    request = payment_pb2.TopUpWalletRequest(customer_id="no name", amount=Money(minor=0, currency="EUR"))

    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await running.payments.TopUpWallet(request)

    bad = BadRequest()
    status: Any = rpc_status.from_call(failed.value)
    status.details[1].Unpack(bad)
    assert failed.value.code() is StatusCode.INVALID_ARGUMENT
    assert {violation.field for violation in bad.field_violations} == {"customer_id", "amount", "idempotency_key"}


async def test_a_customer_who_cannot_reach_the_provider_is_told_to_come_back(start: Any, request_of: Any) -> None:
    async with start(provider_is_there=False) as running:
        request = request_of()
        await running.branch("Open", request, Operation.ACTION)

        checkout = running.payments.Checkout(payment_pb2.CheckoutRequest(payment_id=request.payment_id))

        assert await reason_of(checkout) == (StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE")


@pytest.mark.requirement("crash.points-are-enumerable")
def test_every_place_to_die_has_its_name() -> None:
    branches = {
        f"payment.{name}:{when}-commit"
        for name in ("open", "void", "freeze", "capture", "unfreeze")
        for when in ("before", "after")
    }
    decisions = {
        f"payment.{name}:{place}"
        for name in (
            "callback-succeeded",
            "callback-declined",
            "payment-expired",
            "payment-cancelled",
            "refund-started",
            "refund-finished",
            "refund-failed",
            "refund-settled",
        )
        for place in ("after-prepare", "before-commit", "after-commit")
    }
    assert branches | decisions == KNOWN_POINTS


@pytest.mark.requirement("crash.points-are-enumerable")
async def test_a_place_to_die_that_does_not_exist_ends_the_start() -> None:
    settings = PaymentSettings(database="memory://", webhook_secrets=(b"key",), crash_at="payment.refund:before-commit")

    with pytest.raises(BadConfiguration, match="ACCORD_CRASH_AT"):
        async with started("payment", settings, bootstrap):
            pytest.fail("it started")
