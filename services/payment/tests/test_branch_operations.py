"""What the transaction manager's calls do to payments and wallets."""

from datetime import timedelta
from typing import Any

import pytest

from accord.ports.money import Money
from accord.services.payment.application.freeze_funds import capture_funds, freeze_funds, unfreeze_funds
from accord.services.payment.application.open_payment import open_payment, void_payment
from accord.services.payment.domain.errors import Refusal
from accord.services.payment.domain.payment import Method, Payment, Status
from accord.services.payment.domain.wallet import Balance


def euro(minor: int) -> Money:
    return Money(minor, "EUR")


async def test_an_opened_payment_waits_until_its_window_ends(service: Any, command: Any) -> None:
    await service.open(command())

    assert await service.payment(command().payment_id) == Payment(
        command().payment_id,
        command().order_id,
        "alice",
        Method.HOSTED,
        Status.PENDING,
        euro(2_500),
        expires_at=service.clock.now() + timedelta(minutes=15),
    )


@pytest.mark.parametrize(
    ("minor", "reason"),
    [(49, "AMOUNT_TOO_SMALL"), (0, "AMOUNT_TOO_SMALL"), (100_000_001, "AMOUNT_TOO_LARGE")],
)
async def test_an_amount_that_the_provider_would_not_take_is_refused(
    service: Any, command: Any, minor: Any, reason: Any
) -> None:
    with pytest.raises(Refusal) as refused:
        await service.open(command(minor=minor))

    assert refused.value.reason == reason
    assert (await service.audit()).payments == []


@pytest.mark.parametrize("minor", [50, 100_000_000])
async def test_the_smallest_and_the_largest_amount_are_taken(service: Any, command: Any, minor: Any) -> None:
    assert (await service.open(command(minor=minor))).status is Status.PENDING


async def test_an_order_has_one_payment(service: Any, command: Any) -> None:
    await service.open(command())
    another = command(2)
    again = type(another)(another.payment_id, command().order_id, "alice", euro(2_500))

    with pytest.raises(Refusal) as refused:
        await service.open(again)

    assert refused.value.reason == "PAYMENT_EXISTS"


async def test_void_closes_a_payment_that_nobody_paid(service: Any, command: Any) -> None:
    await service.open(command())

    await service.do(lambda rows: void_payment(command(), rows, service.clock.now(), "place-1"))

    payment = await service.payment(command().payment_id)
    assert (payment.status, payment.decided_by) == (Status.VOIDED, "place-1")


@pytest.mark.parametrize("status", ["SUCCEEDED", "DECLINED", "VOIDED"])
async def test_void_leaves_a_decided_payment_as_it_is(service: Any, command: Any, status: Any) -> None:
    await service.open(command())
    await service.execute(f"update payment set status = '{status}', decided_by = 'callback-1'")

    await service.do(lambda rows: void_payment(command(), rows, service.clock.now(), "place-1"))

    payment = await service.payment(command().payment_id)
    assert (payment.status, payment.decided_by) == (status, "callback-1")


@pytest.mark.requirement("ledger.freeze-guarantees-capture")
async def test_freeze_sets_money_aside_and_capture_takes_it(service: Any, command: Any) -> None:
    await service.top_up("alice", euro(4_000))

    await service.do(lambda rows: freeze_funds(command(), rows, service.clock.now()))
    frozen = await service.do(lambda rows: rows.wallets.balances("alice"))
    await service.do(lambda rows: capture_funds(command(), rows, service.clock.now(), "place-1"))

    assert frozen == [Balance(euro(1_500), euro(2_500))]
    assert await service.do(lambda rows: rows.wallets.balances("alice")) == [Balance(euro(1_500), euro(0))]
    payment = await service.payment(command().payment_id)
    assert (payment.method, payment.status, payment.decided_by) == (Method.WALLET, Status.SUCCEEDED, "place-1")
    assert await service.broken_laws() == {}


@pytest.mark.requirement("ledger.decided-money-stays")
async def test_unfreeze_gives_the_money_back(service: Any, command: Any) -> None:
    await service.top_up("alice", euro(4_000))
    await service.do(lambda rows: freeze_funds(command(), rows, service.clock.now()))

    await service.do(lambda rows: unfreeze_funds(command(), rows, service.clock.now(), "place-1"))

    assert await service.do(lambda rows: rows.wallets.balances("alice")) == [Balance(euro(4_000), euro(0))]
    assert (await service.payment(command().payment_id)).status is Status.VOIDED
    assert await service.broken_laws() == {}


@pytest.mark.requirement("ledger.decided-money-stays")
@pytest.mark.parametrize("ending", [capture_funds, unfreeze_funds])
@pytest.mark.parametrize("late", [capture_funds, unfreeze_funds])
async def test_what_left_frozen_never_moves_again(service: Any, command: Any, ending: Any, late: Any) -> None:
    await service.top_up("alice", euro(4_000))
    await service.do(lambda rows: freeze_funds(command(), rows, service.clock.now()))
    await service.do(lambda rows: ending(command(), rows, service.clock.now(), "place-1"))
    before = await service.audit(), await service.do(lambda rows: rows.wallets.balances("alice"))

    await service.do(lambda rows: late(command(), rows, service.clock.now(), "place-2"))

    assert (await service.audit(), await service.do(lambda rows: rows.wallets.balances("alice"))) == before


@pytest.mark.parametrize("never", [capture_funds, unfreeze_funds, void_payment])
async def test_ending_a_payment_that_was_never_made_does_nothing(service: Any, command: Any, never: Any) -> None:
    await service.do(lambda rows: never(command(), rows, service.clock.now(), "place-1"))

    assert (await service.audit()).payments == []


@pytest.mark.requirement("ledger.freeze-guarantees-capture")
@pytest.mark.parametrize("wallet", [None, euro(2_499), Money(9_999, "USD")])
async def test_freeze_refuses_a_wallet_that_is_too_small(service: Any, command: Any, wallet: Any) -> None:
    if wallet is not None:
        await service.top_up("alice", wallet)

    with pytest.raises(Refusal) as refused:
        await service.do(lambda rows: freeze_funds(command(), rows, service.clock.now()))

    assert refused.value.reason == "WALLET_TOO_SMALL"
    assert (await service.audit()).payments == []


async def test_freeze_and_open_refuse_a_payment_that_is_there(service: Any, command: Any) -> None:
    await service.top_up("alice", euro(9_000))
    await service.do(lambda rows: freeze_funds(command(), rows, service.clock.now()))

    for again in (
        lambda rows: freeze_funds(command(), rows, service.clock.now()),
        lambda rows: open_payment(command(), rows, service.clock.now(), timedelta(minutes=1)),
    ):
        with pytest.raises(Refusal) as refused:
            await service.do(again)
        assert refused.value.reason == "PAYMENT_EXISTS"
    assert await service.broken_laws() == {}
