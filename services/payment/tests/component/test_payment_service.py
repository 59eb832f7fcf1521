"""The service as a whole: a customer pays, and everybody is told."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import pytest
from grpc import StatusCode

from accord.adapters.memory.lock import MemoryLock
from accord.money.v1.money_pb2 import Money
from accord.payment.v1 import payment_pb2
from accord.payment.v1.payment_branch_pb2 import QueryPreparedRequest
from accord.services.payment.infrastructure.persistence.payments import SqlPayments
from accord.services.payment.infrastructure.persistence.receipts import SqlReceipts
from accord.services.payment.infrastructure.persistence.repositories import sql_repositories
from dtm_client.values.status import Mode, Operation

DELIVERIES = 24


async def opened(running: Any, request: Any) -> str:
    """Open a hosted payment, and return where the customer pays."""
    assert await running.branch("Open", request, Operation.ACTION, f"place-{request.order_id}") == (StatusCode.OK, "")
    checkout = await running.payments.Checkout(payment_pb2.CheckoutRequest(payment_id=request.payment_id))
    url: str = checkout.url
    return url


async def status_of(running: Any, request: Any) -> int:
    found = await running.payments.GetPayment(payment_pb2.GetPaymentRequest(order_id=request.order_id))
    status: int = found.payment.status
    return status


def outcomes(answers: list[dict[str, Any]]) -> Counter[tuple[int, str]]:
    return Counter((answer["status"], json.loads(answer["body"]).get("outcome", "")) for answer in answers)


async def test_when_the_customer_pays_order_and_inventory_are_told(running: Any, request_of: Any) -> None:
    request = request_of()
    url = await opened(running, request)

    assert outcomes(await running.pay(url)) == {(200, "APPLIED"): 1}

    await running.told.wait_for(("MarkPaid", request.order_id), ("Commit", request.order_id))
    assert await status_of(running, request) == payment_pb2.PAYMENT_STATUS_SUCCEEDED
    assert await running.broken_laws() == []
    [payment] = [record.payment for record in await running.audit() if record.HasField("payment")]
    [receipt] = [record.receipt for record in await running.audit() if record.HasField("receipt")]
    assert (payment.order_id, payment.status, payment.method) == (request.order_id, "SUCCEEDED", "hosted")
    assert payment.decided_by.startswith("callback-")
    assert (receipt.payment_id, receipt.status, receipt.amount.minor) == (request.payment_id, "APPLIED", 2_500)
    asked = await running.branch(
        "QueryPrepared", QueryPreparedRequest(), Operation.MESSAGE, payment.decided_by, Mode.MESSAGE, "00"
    )
    assert asked == (StatusCode.OK, "")


async def test_when_the_customer_is_declined_order_and_inventory_are_told(running: Any, request_of: Any) -> None:
    request = request_of()
    url = await opened(running, request)

    assert outcomes(await running.pay(url, "decline")) == {(200, "APPLIED"): 1}

    await running.told.wait_for(("Close PAYMENT_DECLINED", request.order_id), ("Release", request.order_id))
    assert await status_of(running, request) == payment_pb2.PAYMENT_STATUS_DECLINED
    # Declined, and then paid all the same: the customer gets the money back, and nobody else is told.
    assert outcomes(await running.pay(url)) == {(200, "REFUND_DUE"): 1}
    assert await running.broken_laws() == []


async def test_money_taken_twice_is_to_be_refunded_once(running: Any, request_of: Any) -> None:
    url = await opened(running, request_of())
    await running.pay(url)

    again = await running.pay(url, charge_again=True, deliveries=3)

    assert outcomes(again) == {(200, "REFUND_DUE"): 1, (200, "DUPLICATE"): 2}
    assert await running.broken_laws() == []


@dataclass
class Gate:
    """Not a lock: lets everybody in at once, when all have come."""

    lock: MemoryLock = field(default_factory=lambda: MemoryLock("nobody"))
    inside: int = 0
    everybody: asyncio.Event = field(default_factory=asyncio.Event)

    async def acquire(self, name: str, within: float) -> Any:
        self.inside += 1
        if self.inside == DELIVERIES:
            self.everybody.set()
        async with asyncio.timeout(10):
            await self.everybody.wait()
        # A name of its own for each, so that nobody waits.
        return await self.lock.acquire(f"{name}/{self.inside}/{uuid4()}", within)

    async def try_acquire(self, name: str) -> Any:
        return await self.acquire(name, 0)

    async def ping(self) -> None:
        await self.lock.ping()

    async def aclose(self) -> None:
        await self.lock.aclose()


async def pay_many_times_at_once(running: Any, request: Any) -> Counter[tuple[int, str]]:
    await running.branch("Open", request, Operation.ACTION, f"place-{request.order_id}")
    # At the provider itself, for the gate counts callbacks alone.
    url = await running.checkout(request)
    return outcomes(await running.pay(url, deliveries=DELIVERIES, concurrently=True))


async def assert_captured_once(running: Any, found: Counter[tuple[int, str]]) -> None:
    assert found == {(200, "APPLIED"): 1, (200, "DUPLICATE"): DELIVERIES - 1}
    assert await running.broken_laws() == []


@pytest.mark.requirement("callback.concurrent-capture-once")
async def test_concurrent_callbacks_capture_once(running: Any, request_of: Any) -> None:
    await assert_captured_once(running, await pay_many_times_at_once(running, request_of()))


@pytest.mark.requirement("callback.lock-is-not-needed")
async def test_concurrent_callbacks_capture_once_without_the_lock(start: Any, request_of: Any) -> None:
    gate = Gate()
    async with start(lock=gate) as running:
        await assert_captured_once(running, await pay_many_times_at_once(running, request_of()))
    # More, where the provider had to send one again.
    assert gate.inside >= DELIVERIES


class UnguardedPayments(SqlPayments):
    """The negative control: whoever comes moves the row."""

    async def decide(self, decision: Any, now: Any) -> bool:
        await super().decide(decision, now)
        return True


class UnguardedReceipts(SqlReceipts):
    """The negative control: every receipt is a new one."""

    async def add(self, receipt: Any, now: Any) -> bool:
        await super().add(receipt, now)
        return True


@pytest.mark.requirement("callback.guard-is-needed")
async def test_the_check_is_red_without_the_guard(start: Any, request_of: Any) -> None:
    def unguarded(session: Any) -> Any:
        return replace(
            sql_repositories(session), payments=UnguardedPayments(session), receipts=UnguardedReceipts(session)
        )

    async with start(lock=Gate(), repositories=unguarded) as running:
        found = await pay_many_times_at_once(running, request_of())

        assert found[200, "APPLIED"] > 1
        with pytest.raises(AssertionError):
            await assert_captured_once(running, found)
        assert "payment.sold-exactly-once" in await running.broken_laws()


async def test_a_wallet_order_freezes_and_captures(running: Any, request_of: Callable[..., Any]) -> None:
    customer = f"alice-{uuid4()}"
    top_up = payment_pb2.TopUpWalletRequest(
        customer_id=customer, amount=Money(minor=4_000, currency="EUR"), idempotency_key="first"
    )
    first, again = await running.payments.TopUpWallet(top_up), await running.payments.TopUpWallet(top_up)
    request, gid = request_of(customer=customer), f"place-{uuid4()}"

    frozen = await running.branch("Freeze", request, Operation.TRY, gid, Mode.TCC)
    captured = await running.branch("Capture", request, Operation.CONFIRM, gid, Mode.TCC)
    captured_again = await running.branch("Capture", request, Operation.CONFIRM, gid, Mode.TCC)

    assert frozen == captured == captured_again == (StatusCode.OK, "")
    assert first == again
    [balance] = (await running.payments.GetWallet(payment_pb2.GetWalletRequest(customer_id=customer))).balances
    assert (balance.available.minor, balance.frozen.minor) == (1_500, 0)
    assert await status_of(running, request) == payment_pb2.PAYMENT_STATUS_SUCCEEDED
    assert await running.broken_laws() == []
