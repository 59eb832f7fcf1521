"""A wallet payment: the money is set aside first, so that what follows cannot fail for want of it."""

from datetime import datetime

from accord.services.payment.application.commands import BranchCommand
from accord.services.payment.domain import ledger
from accord.services.payment.domain.errors import Refusal
from accord.services.payment.domain.payment import Method, Payment, Status
from accord.services.payment.domain.repositories import Decision, Repositories


async def freeze_funds(command: BranchCommand, repositories: Repositories, now: datetime) -> None:
    """Set the amount aside. Raises Refusal: WALLET_TOO_SMALL, PAYMENT_EXISTS."""
    payment = Payment(
        command.payment_id, command.order_id, command.customer_id, Method.WALLET, Status.FROZEN, command.amount
    )
    if not await repositories.payments.add(payment, now):
        raise Refusal("PAYMENT_EXISTS", f"payment {command.payment_id} or order {command.order_id} has a payment")
    if not await repositories.wallets.freeze(command.customer_id, command.amount):
        raise Refusal("WALLET_TOO_SMALL", f"the wallet of {command.customer_id} has less than {command.amount}")
    await repositories.ledger.post(ledger.froze(payment), now)


async def capture_funds(command: BranchCommand, repositories: Repositories, now: datetime, gid: str) -> None:
    """FROZEN → SUCCEEDED, and the money is ours; whatever is decided stays so. Never refuses."""
    payment = await _leave_frozen(command.payment_id, Status.SUCCEEDED, repositories, now, gid)
    if payment is not None:
        await repositories.wallets.capture(payment.customer_id, payment.amount)
        await repositories.ledger.post(ledger.captured(payment), now)


async def unfreeze_funds(command: BranchCommand, repositories: Repositories, now: datetime, gid: str) -> None:
    """FROZEN → VOIDED, and the money is the customer's again; whatever is decided stays so. Never refuses."""
    payment = await _leave_frozen(command.payment_id, Status.VOIDED, repositories, now, gid)
    if payment is not None:
        await repositories.wallets.unfreeze(payment.customer_id, payment.amount)
        await repositories.ledger.post(ledger.unfroze(payment), now)


async def _leave_frozen(
    payment_id: str, status: Status, repositories: Repositories, now: datetime, gid: str
) -> Payment | None:
    if not await repositories.payments.decide(Decision(payment_id, Status.FROZEN, status, gid), now):
        return None
    # The row's own sum moves, not the caller's: what was frozen is what is captured.
    return await repositories.payments.find(payment_id)
