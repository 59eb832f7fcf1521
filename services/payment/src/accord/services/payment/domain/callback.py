"""What the provider tells us, and whether it can be true."""

from dataclasses import dataclass
from enum import StrEnum

from accord.ports.money import Money
from accord.services.payment.domain.errors import ReceiptReused, UnknownPayment, WrongAmount, WrongCurrency
from accord.services.payment.domain.payment import Payment
from accord.services.payment.domain.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Callback:
    """A success carries the receipt of the money taken; a decline carries none."""

    payment_id: str
    amount: Money
    receipt_id: str | None


class CallbackOutcome(StrEnum):
    """What came of a callback that was taken.

    APPLIED decided the payment; DUPLICATE was taken before; REFUND_DUE is money with nothing to pay for; IGNORED is a
    decline of a payment that was decided otherwise.
    """

    APPLIED = "APPLIED"
    DUPLICATE = "DUPLICATE"
    REFUND_DUE = "REFUND_DUE"
    IGNORED = "IGNORED"


def check_claim(callback: Callback, payment: Payment | None, receipt: Receipt | None) -> Payment:
    """Return the payment meant, or raise the CallbackRefused that fits; `receipt` is booked under the callback's id."""
    if payment is None:
        raise UnknownPayment(f"no payment {callback.payment_id}")
    asked, said = payment.amount, callback.amount
    if said.currency != asked.currency:
        raise WrongCurrency(f"payment {payment.payment_id} is in {asked.currency}, not {said.currency}")
    if said.minor != asked.minor:
        raise WrongAmount(f"payment {payment.payment_id} is {asked}, not {said}")
    if receipt is not None and receipt.payment_id != payment.payment_id:
        raise ReceiptReused(f"receipt {receipt.receipt_id} is of payment {receipt.payment_id}")
    return payment
