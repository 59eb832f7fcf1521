"""Topping a wallet up."""

from typing import Any

import pytest

from accord.ports.money import Money
from accord.services.payment.application.top_up_wallet import top_up_wallet
from accord.services.payment.domain.errors import IdempotencyKeyReused, WalletFull
from accord.services.payment.domain.wallet import LARGEST_BALANCE, Balance, TopUp


async def top_up(service: Any, minor: int, key: str, customer: str = "alice", currency: str = "EUR") -> Balance:
    request = TopUp(customer, key, Money(minor, currency))
    balance: Balance = await service.do(lambda rows: top_up_wallet(request, rows, service.clock.now()))
    return balance


@pytest.mark.requirement("ledger.top-up-once")
async def test_each_key_adds_once(service: Any) -> None:
    assert (await top_up(service, 100, "a")).available == Money(100, "EUR")
    assert (await top_up(service, 100, "b")).available == Money(200, "EUR")
    assert (await top_up(service, 100, "a")).available == Money(200, "EUR")
    assert await service.broken_laws() == {}


async def test_a_key_is_its_customers_own(service: Any) -> None:
    await top_up(service, 100, "a")

    assert (await top_up(service, 5, "a", customer="bob")).available == Money(5, "EUR")
    # Case counts in names of customers and in keys.
    assert (await top_up(service, 7, "A", customer="Alice")).available == Money(7, "EUR")


@pytest.mark.requirement("ledger.top-up-once")
@pytest.mark.parametrize(("minor", "currency"), [(101, "EUR"), (100, "USD")])
async def test_a_key_with_another_amount_is_refused(service: Any, minor: Any, currency: Any) -> None:
    await top_up(service, 100, "a")

    with pytest.raises(IdempotencyKeyReused):
        await top_up(service, minor, "a", currency=currency)

    assert (await top_up(service, 1, "b")).available == Money(101, "EUR")


async def test_currencies_are_kept_apart(service: Any) -> None:
    await top_up(service, 100, "a", currency="USD")
    await top_up(service, 200, "b", currency="EUR")

    balances = await service.do(lambda rows: rows.wallets.balances("alice"))

    assert [balance.available for balance in balances] == [Money(200, "EUR"), Money(100, "USD")]


async def test_a_wallet_never_holds_more_than_the_contracts_can_say(service: Any) -> None:
    assert (await top_up(service, LARGEST_BALANCE, "a")).available.minor == LARGEST_BALANCE

    with pytest.raises(WalletFull):
        await top_up(service, 1, "b")

    assert (await top_up(service, LARGEST_BALANCE, "a")).available.minor == LARGEST_BALANCE
    assert await service.broken_laws() == {}
