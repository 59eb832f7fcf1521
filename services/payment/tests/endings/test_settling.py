"""An operator's word on a refund that the provider refused."""

from typing import Any

import pytest

from accord.ports.flow import Message
from accord.ports.provider import RefundRefused
from accord.services.payment.application.commands import MarkOrderRefunded
from accord.services.payment.domain.errors import NothingToSettle, PaymentNotFound
from accord.services.payment.domain.payment import Status
from accord.services.payment.domain.refund import RefundStatus


@pytest.fixture
async def failed(endings: Any, service: Any, command: Any) -> Any:
    endings.provider.answers = [RefundRefused("CARD_CLOSED")]
    await service.open(command())
    await endings.pay(command())
    await endings.refund(command())
    await endings.drive()
    service.transactions.submitted.clear()
    return command()


async def test_settling_ends_the_refund_books_it_elsewhere_and_tells_the_order_once(
    endings: Any, service: Any, failed: Any
) -> None:
    settled = await endings.settle(failed)
    assert await endings.settle(failed) == settled

    assert settled.status is Status.REFUNDED
    assert service.transactions.submitted == [
        Message("refund-settled", settled.decided_by, (MarkOrderRefunded(failed.order_id),))
    ]
    [refund] = await endings.refunds(failed)
    assert (refund.status, refund.reason, refund.note) == (
        RefundStatus.SETTLED,
        "CARD_CLOSED",
        "by bank transfer",
    )
    # The provider still has the money; what went back came from elsewhere.
    assert await endings.entries() == [("provider", -2_500), ("settlements", 2_500)]
    assert await service.broken_laws() == {}


async def test_what_is_settled_is_not_asked_for_any_more(endings: Any, failed: Any) -> None:
    await endings.settle(failed)
    endings.pass_time(days=1)

    await endings.drive()

    assert endings.provider.refunds_asked == 1


async def test_two_operators_settle_once(endings: Any, service: Any, failed: Any, no_lock: Any, overtaken: Any) -> None:
    service.lock = no_lock()
    overtaken(lambda: endings.settle(failed, "by the first"))

    with pytest.raises(NothingToSettle):
        await endings.settle(failed, "by the second")

    assert [refund.note for refund in await endings.refunds(failed)] == ["by the first"]
    assert [message.name for message in service.transactions.submitted] == ["refund-settled"]
    assert len(service.transactions.aborted) == 1
    assert await service.broken_laws() == {}


async def test_only_what_the_provider_refused_is_settled(endings: Any, service: Any, command: Any) -> None:
    with pytest.raises(PaymentNotFound):
        await endings.settle(command())
    await service.open(command())
    await endings.pay(command())
    with pytest.raises(NothingToSettle):
        await endings.settle(command())
    await endings.refund(command())
    with pytest.raises(NothingToSettle):
        await endings.settle(command())
    await endings.drive()

    with pytest.raises(NothingToSettle):
        await endings.settle(command(), "")
    assert (await service.payment(command().payment_id)).status is Status.REFUNDED
