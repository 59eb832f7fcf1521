"""The lock of a payment, and what its fencing tokens tell."""

import logging
from typing import Any

import pytest

from accord.ports.lock import FencingToken
from accord.ports.money import Money
from accord.services.payment.application.commands import BranchCommand
from accord.services.payment.domain.callback import Callback, CallbackOutcome
from accord.services.payment.domain.errors import StaleToken, WrongAmount
from accord.services.payment.domain.payment import Status


def success(command: BranchCommand) -> Callback:
    return Callback(command.payment_id, command.amount, "receipt-1")


@pytest.mark.requirement("callback.lock-is-not-needed")
async def test_a_lock_service_that_is_down_does_not_stop_callbacks(
    service: Any, command: Any, no_lock: Any, caplog: Any
) -> None:
    await service.open(command())
    service.lock = no_lock(unavailable=True)

    assert await service.callbacks().handle(success(command())) is CallbackOutcome.APPLIED

    assert "without its lock" in caplog.text
    assert (await service.payment(command().payment_id)).fence is None


@pytest.mark.requirement("lock.is-given-up")
async def test_the_lock_is_given_up_whatever_happens_and_its_loss_is_logged(
    service: Any, command: Any, no_lock: Any, caplog: Any
) -> None:
    await service.open(command())
    service.lock = no_lock(loses_its_holds=True)

    await service.callbacks().handle(success(command()))
    with pytest.raises(WrongAmount):
        await service.callbacks().handle(Callback(command().payment_id, Money(1, "EUR"), "receipt-1"))

    assert caplog.text.count("was lost while it was handled") == 2
    assert [hold.released for hold in service.lock.holds] == [True, True]


async def keep_token(service: Any, command: BranchCommand, source: str, token: int) -> None:
    await service.execute(
        f"update payment set fence_source = '{source}', fence_token = {token} where payment_id = '{command.payment_id}'"
    )


@pytest.mark.requirement("lock.stale-token-refused")
async def test_a_stale_token_of_the_same_source_is_refused_and_logged(
    service: Any, command: Any, no_lock: Any, caplog: Any
) -> None:
    await service.open(command())
    await keep_token(service, command(), "etcd-1", 8)
    service.lock = no_lock([FencingToken("etcd-1", 7)])

    with pytest.raises(StaleToken):
        await service.callbacks().handle(success(command()))

    assert "a stale fencing token was refused" in caplog.text
    assert (await service.payment(command().payment_id)).status is Status.PENDING
    assert len(service.transactions.aborted) == 1


@pytest.mark.parametrize("value", [8, 9])
async def test_a_token_that_is_not_older_is_accepted_and_stored(
    service: Any, command: Any, no_lock: Any, caplog: pytest.LogCaptureFixture, value: int
) -> None:
    await service.open(command())
    await keep_token(service, command(), "etcd-1", 8)
    service.lock = no_lock([FencingToken("etcd-1", value)])

    assert await service.callbacks().handle(success(command())) is CallbackOutcome.APPLIED

    assert (await service.payment(command().payment_id)).fence == FencingToken("etcd-1", value)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.mark.requirement("lock.source-may-change")
async def test_a_token_of_another_source_is_accepted_and_logged(
    service: Any, command: Any, no_lock: Any, caplog: Any
) -> None:
    await service.open(command())
    await keep_token(service, command(), "etcd-1", 8)
    service.lock = no_lock([FencingToken("etcd-2", 1)])

    assert await service.callbacks().handle(success(command())) is CallbackOutcome.APPLIED

    assert "come from another source" in caplog.text
    assert (await service.payment(command().payment_id)).fence == FencingToken("etcd-2", 1)
