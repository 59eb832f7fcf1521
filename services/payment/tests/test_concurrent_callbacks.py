"""One callback, delivered many times at once: money is booked once, lock or no lock, because the row is guarded."""

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from accord.adapters.sql.times import to_row
from accord.ports.money import Money
from accord.services.payment.domain.callback import Callback, CallbackOutcome
from accord.services.payment.domain.payment import Status
from accord.services.payment.domain.repositories import Repositories
from accord.services.payment.infrastructure.persistence.payments import SqlPayments
from accord.services.payment.infrastructure.persistence.receipts import SqlReceipts
from accord.services.payment.infrastructure.persistence.repositories import sql_repositories

DELIVERIES = 24
PAYMENT = "00000000-0000-0000-0000-000000000001"


async def deliver_at_once(service: Any) -> Counter[CallbackOutcome]:
    handler = service.callbacks()
    callback = Callback(PAYMENT, Money(2_500, "EUR"), "receipt-1")
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(handler.handle(callback)) for _ in range(DELIVERIES)]
    return Counter(task.result() for task in tasks)


async def captures(service: Any) -> int:
    rows = (
        await service.database.read(
            lambda session: session.execute("select 1 from ledger_entry where account = 'sales' and amount > 0")
        )
    ).rows
    return len(rows)


async def assert_captured_once(service: Any, outcomes: Counter[CallbackOutcome]) -> None:
    assert outcomes == {CallbackOutcome.APPLIED: 1, CallbackOutcome.DUPLICATE: DELIVERIES - 1}
    assert (await service.payment(PAYMENT)).status is Status.SUCCEEDED
    assert await captures(service) == 1
    assert len(service.transactions.submitted) == 1
    assert await service.broken_laws() == {}


@pytest.mark.requirement("callback.concurrent-capture-once")
async def test_concurrent_duplicates_capture_once_and_the_lock_spares_the_others_a_transaction(
    service: Any, command: Any, measured_lock: Any
) -> None:
    await service.open(command())
    service.lock = measured_lock(service.lock)
    # The first one decides only when all others are inside too and wait for the lock.
    service.transactions.before_decision = lambda: service.lock.asking.wait_for(DELIVERIES - 1)

    outcomes = await deliver_at_once(service)

    assert service.lock.asking.most >= DELIVERIES - 1
    assert service.transactions.deciding.most == 1
    await assert_captured_once(service, outcomes)


@pytest.mark.requirement("callback.lock-is-not-needed")
async def test_without_the_lock_concurrent_duplicates_still_capture_once(
    service: Any, command: Any, no_lock: Any
) -> None:
    await service.open(command())
    service.lock = no_lock()
    service.transactions.before_decision = lambda: service.transactions.deciding.wait_for(DELIVERIES)

    outcomes = await deliver_at_once(service)

    assert service.transactions.deciding.most == DELIVERIES
    assert len(service.transactions.aborted) == DELIVERIES - 1
    await assert_captured_once(service, outcomes)


class UnguardedPayments(SqlPayments):
    """The negative control: whoever comes moves the row."""

    async def decide(self, decision: Any, now: Any) -> bool:
        await self._session.execute(
            "update payment set status = ?, decided_by = ?, changed_at = ? where payment_id = ?",
            decision.after,
            decision.decided_by,
            to_row(now),
            decision.payment_id,
        )
        return True


class UnguardedReceipts(SqlReceipts):
    """The negative control: every receipt is a new one."""

    async def add(self, receipt: Any, now: Any) -> bool:
        await super().add(receipt, now)
        return True


def unguarded(session: Any) -> Repositories:
    guarded = sql_repositories(session)
    return replace(guarded, payments=UnguardedPayments(session), receipts=UnguardedReceipts(session))


@pytest.mark.requirement("callback.guard-is-needed")
async def test_without_the_guard_the_same_check_finds_many_captures(service: Any, command: Any, no_lock: Any) -> None:
    await service.open(command())
    service.lock = no_lock()
    service.repositories = unguarded
    service.transactions.before_decision = lambda: service.transactions.deciding.wait_for(DELIVERIES)

    outcomes = await deliver_at_once(service)

    with pytest.raises(AssertionError):
        await assert_captured_once(service, outcomes)
    assert await captures(service) == DELIVERIES
    broken = await service.broken_laws()
    assert broken["payment.sold-exactly-once"] == [f"{PAYMENT}, SUCCEEDED, 2500, {DELIVERIES}, {2_500 * DELIVERIES}"]
    assert set(broken) == {"payment.sold-exactly-once", "receipt.sum-equals-provider"}


async def test_concurrent_success_and_decline_decide_once(service: Any, command: Any, no_lock: Any) -> None:
    await service.open(command())
    service.lock = no_lock()
    service.transactions.before_decision = lambda: service.transactions.deciding.wait_for(2)
    handler = service.callbacks()

    paid, declined = await asyncio.gather(
        handler.handle(Callback(PAYMENT, Money(2_500, "EUR"), "receipt-1")),
        handler.handle(Callback(PAYMENT, Money(2_500, "EUR"), None)),
    )

    assert (paid, declined) in {
        (CallbackOutcome.APPLIED, CallbackOutcome.IGNORED),
        (CallbackOutcome.REFUND_DUE, CallbackOutcome.APPLIED),
    }
    assert len(service.transactions.submitted) == 1
    assert await service.broken_laws() == {}
