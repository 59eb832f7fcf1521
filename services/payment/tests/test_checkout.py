"""Going to the provider to pay."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from accord.ports.lock import FencingToken
from accord.ports.money import Money
from accord.ports.provider import BookEntry, CheckoutSession, RefundAnswer, RefundPending
from accord.services.payment.application.checkout import Checkout
from accord.services.payment.application.freeze_funds import freeze_funds
from accord.services.payment.application.payment_lock import PaymentLock
from accord.services.payment.domain.errors import NotPayable, PaymentNotFound, StaleToken


@dataclass
class FakeProvider:
    """One session a payment."""

    asking: Any
    before_answer: Callable[[], Awaitable[None]] | None = None
    calls: int = 0
    sessions: dict[str, CheckoutSession] = field(default_factory=dict)

    async def checkout(self, payment_id: str, amount: Money) -> CheckoutSession:
        self.calls += 1
        async with self.asking.counted():
            if self.before_answer is not None:
                await self.before_answer()
        number = len(self.sessions)
        session = CheckoutSession(f"checkout-{number}", f"https://provider.test/{number}")
        return self.sessions.setdefault(payment_id, session)

    async def book(self, payment_id: str) -> tuple[BookEntry, ...]:
        return ()

    async def refund(self, refund_id: str, receipt_id: str, amount: Money) -> RefundAnswer:
        return RefundPending()

    async def ping(self) -> None:
        await self.book("")

    async def aclose(self) -> None:
        self.sessions.clear()


@pytest.fixture
def provider(new_gauge: Any) -> FakeProvider:
    return FakeProvider(new_gauge())


def checkout(service: Any, provider: Any) -> Checkout:
    return Checkout(provider, service.rows, PaymentLock(service.lock, within=5), service.clock)


async def test_the_session_is_made_at_the_first_call_and_found_at_later_ones(
    service: Any, command: Any, provider: Any
) -> None:
    await service.open(command())

    first = await checkout(service, provider).open(command().payment_id)
    second = await checkout(service, provider).open(command().payment_id)

    assert first == second == (await service.payment(command().payment_id)).checkout
    assert provider.calls == 1


async def test_concurrent_customers_of_one_payment_get_one_session(
    service: Any, command: Any, provider: Any, measured_lock: Any
) -> None:
    await service.open(command())
    service.lock = measured_lock(service.lock)
    provider.before_answer = lambda: service.lock.asking.wait_for(4)

    sessions = await asyncio.gather(*(checkout(service, provider).open(command().payment_id) for _ in range(5)))

    assert len(set(sessions)) == 1
    assert provider.calls == 1


async def test_without_the_lock_the_provider_still_knows_one_session(
    service: Any, command: Any, provider: Any, no_lock: Any
) -> None:
    await service.open(command())
    service.lock = no_lock()
    provider.before_answer = lambda: provider.asking.wait_for(5)

    sessions = await asyncio.gather(*(checkout(service, provider).open(command().payment_id) for _ in range(5)))

    assert set(sessions) == {(await service.payment(command().payment_id)).checkout}


@pytest.mark.parametrize("status", ["SUCCEEDED", "DECLINED", "VOIDED"])
async def test_a_decided_payment_is_not_paid_again(service: Any, command: Any, provider: Any, status: Any) -> None:
    await service.open(command())
    await service.execute(f"update payment set status = '{status}'")

    with pytest.raises(NotPayable):
        await checkout(service, provider).open(command().payment_id)

    assert provider.calls == 0


async def test_a_wallet_payment_is_not_paid_at_the_provider(service: Any, command: Any, provider: Any) -> None:
    await service.top_up("alice", Money(9_999, "EUR"))
    await service.do(lambda rows: freeze_funds(command(), rows, service.clock.now()))

    with pytest.raises(NotPayable):
        await checkout(service, provider).open(command().payment_id)


async def test_an_unknown_payment_cannot_be_paid(service: Any, command: Any, provider: Any) -> None:
    with pytest.raises(PaymentNotFound):
        await checkout(service, provider).open(command().payment_id)


@pytest.mark.requirement("lock.stale-token-refused")
async def test_a_stale_token_keeps_no_session(
    service: Any, command: Any, provider: Any, no_lock: Any, caplog: Any
) -> None:
    await service.open(command())
    await service.execute("update payment set fence_source = 'etcd-1', fence_token = 8")
    service.lock = no_lock([FencingToken("etcd-1", 7)])

    with pytest.raises(StaleToken):
        await checkout(service, provider).open(command().payment_id)

    assert "a stale fencing token was refused" in caplog.text
    assert (await service.payment(command().payment_id)).checkout is None


async def test_the_first_session_that_was_kept_stays(service: Any, command: Any) -> None:
    await service.open(command())
    sessions = [CheckoutSession(f"checkout-{number}", "https://provider.test") for number in (1, 2)]

    kept = [
        await service.do(
            lambda rows, session=session: rows.payments.keep_checkout(
                command().payment_id, session, None, service.clock.now()
            )
        )
        for session in sessions
    ]

    assert kept == [True, False]
    assert (await service.payment(command().payment_id)).checkout == sessions[0]
