"""The double-entry ledger: every set of entries moves money between accounts and sums to zero.

A positive amount is what an account holds, so the accounts that money comes from (`funding`, `provider`) are negative.
"""

from dataclasses import dataclass

from accord.ports.money import Money
from accord.services.payment.domain.payment import Payment
from accord.services.payment.domain.receipt import Receipt
from accord.services.payment.domain.refund import Refund, RefundKind
from accord.services.payment.domain.wallet import TopUp

FUNDING = "funding"
PROVIDER = "provider"
SALES = "sales"
REFUNDS_DUE = "refunds-due"
SETTLEMENTS = "settlements"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One set: `amount` leaves `source` and arrives at `destination`; `payment_id` is None for a top-up."""

    set_id: str
    source: str
    destination: str
    amount: Money
    payment_id: str | None


def available(customer_id: str) -> str:
    """Name the account of what a customer can spend."""
    return f"wallet:{customer_id}"


def frozen(customer_id: str) -> str:
    """Name the account of what is set aside."""
    return f"frozen:{customer_id}"


def topped_up(top_up: TopUp) -> Transfer:
    """Money came into a wallet."""
    set_id = f"top-up:{top_up.customer_id}:{top_up.idempotency_key}"
    return Transfer(set_id, FUNDING, available(top_up.customer_id), top_up.amount, None)


def froze(payment: Payment) -> Transfer:
    """A payment's money is set aside."""
    source, destination = available(payment.customer_id), frozen(payment.customer_id)
    return Transfer(f"freeze:{payment.payment_id}", source, destination, payment.amount, payment.payment_id)


def captured(payment: Payment) -> Transfer:
    """What was set aside paid."""
    source = frozen(payment.customer_id)
    return Transfer(f"capture:{payment.payment_id}", source, SALES, payment.amount, payment.payment_id)


def unfroze(payment: Payment) -> Transfer:
    """What was set aside can be spent again."""
    source, destination = frozen(payment.customer_id), available(payment.customer_id)
    return Transfer(f"unfreeze:{payment.payment_id}", source, destination, payment.amount, payment.payment_id)


def sold(receipt: Receipt) -> Transfer:
    """The provider's money paid."""
    return Transfer(f"receipt:{receipt.receipt_id}", PROVIDER, SALES, receipt.amount, receipt.payment_id)


def owed_back(receipt: Receipt) -> Transfer:
    """The provider's money has nothing to pay for."""
    return Transfer(f"receipt:{receipt.receipt_id}", PROVIDER, REFUNDS_DUE, receipt.amount, receipt.payment_id)


def refunded(refund: Refund, payment: Payment) -> Transfer:
    """The money went back to where it came from: the provider's account with us, or the wallet."""
    destination = available(payment.customer_id) if refund.receipt_id is None else PROVIDER
    return Transfer(f"refund:{refund.refund_id}", _held(refund), destination, refund.amount, refund.payment_id)


def settled(refund: Refund) -> Transfer:
    """An operator gave the money back by other means."""
    return Transfer(f"refund:{refund.refund_id}", _held(refund), SETTLEMENTS, refund.amount, refund.payment_id)


def _held(refund: Refund) -> str:
    return SALES if refund.kind is RefundKind.PAYMENT else REFUNDS_DUE
