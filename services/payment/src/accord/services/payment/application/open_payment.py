"""The hosted payment of an order is opened, and voided when its order comes to nothing."""

from datetime import datetime, timedelta

from accord.services.payment.application.commands import BranchCommand
from accord.services.payment.domain.errors import Refusal
from accord.services.payment.domain.payment import Method, Payment, Status, refuse_unpayable
from accord.services.payment.domain.repositories import Decision, Repositories


async def open_payment(command: BranchCommand, repositories: Repositories, now: datetime, window: timedelta) -> None:
    """Wait for the provider's callback until `now + window`.

    Raises Refusal: AMOUNT_TOO_SMALL, AMOUNT_TOO_LARGE, PAYMENT_EXISTS.
    """
    refuse_unpayable(command.amount)
    payment = Payment(
        command.payment_id,
        command.order_id,
        command.customer_id,
        Method.HOSTED,
        Status.PENDING,
        command.amount,
        expires_at=now + window,
    )
    if not await repositories.payments.add(payment, now):
        raise Refusal("PAYMENT_EXISTS", f"payment {command.payment_id} or order {command.order_id} has a payment")


async def void_payment(command: BranchCommand, repositories: Repositories, now: datetime, gid: str) -> None:
    """PENDING → VOIDED; whatever is decided stays so. Never refuses."""
    decision = Decision(command.payment_id, Status.PENDING, Status.VOIDED, gid)
    await repositories.payments.decide(decision, now)
