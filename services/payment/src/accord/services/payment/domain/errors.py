"""Every error of the payment domain.

::

    PaymentError
    ├── Refusal                 a business "no" to an action or a try; `reason` is what the caller is told
    ├── PaymentNotFound         no payment of this id, or for this order
    ├── NotPayable              there is nothing for the customer to do at the provider
    ├── WalletFull              the wallet cannot hold that much
    ├── IdempotencyKeyReused    the key stands for another request
    ├── AlreadyPaid             too late to cancel: the customer paid
    ├── AlreadyClosed           too late to cancel: nobody will pay any more
    ├── NotPaid                 there is nothing to give back
    ├── NothingToSettle         no refund of it has failed
    ├── UnderWay                it decides itself in a moment; ask again
    ├── AlreadyDecided          somebody else moved the row first; read it again
    ├── StaleToken              a later holder of the lock wrote the row; ours was lost
    └── CallbackRefused         the provider says something that cannot be; `code` names it
        ├── UnknownPayment
        ├── WrongAmount
        ├── WrongCurrency
        └── ReceiptReused       the receipt is known for something else
"""

from typing import ClassVar


class PaymentError(Exception):
    """The root of everything the payment domain raises."""


class Refusal(PaymentError):
    """Undoes the global transaction that asked."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason


class PaymentNotFound(PaymentError):
    """Says what was looked for."""


class NotPayable(PaymentError):
    """Only a hosted payment that nobody decided yet is paid at the provider."""


class WalletFull(PaymentError):
    """The balance would pass the largest amount of money that the contracts allow."""


class IdempotencyKeyReused(PaymentError):
    """The same key with other parameters."""


class AlreadyPaid(PaymentError):
    """What was paid is refunded, and not cancelled."""


class AlreadyClosed(PaymentError):
    """It was declined, voided or expired."""


class NotPaid(PaymentError):
    """Only what succeeded is refunded."""


class NothingToSettle(PaymentError):
    """The provider refused no refund of this payment, or they are all settled."""


class UnderWay(PaymentError):
    """The money of a wallet is set aside; the transaction that did so ends by itself."""


class AlreadyDecided(PaymentError):
    """Raised inside the deciding transaction, so that it is rolled back with its barrier row."""


class StaleToken(PaymentError):
    """The fencing token is older than the one stored with the row, and of the same source."""


class CallbackRefused(PaymentError):
    """Nothing was changed; the provider's operator has to look."""

    code: ClassVar[str] = "CALLBACK_REFUSED"


class UnknownPayment(CallbackRefused):
    """The payment was never opened here."""

    code = "UNKNOWN_PAYMENT"


class WrongAmount(CallbackRefused):
    """Another sum than was asked for."""

    code = "WRONG_AMOUNT"


class WrongCurrency(CallbackRefused):
    """Another currency than was asked for."""

    code = "WRONG_CURRENCY"


class ReceiptReused(CallbackRefused):
    """One receipt id stands for one sum taken for one payment."""

    code = "RECEIPT_REUSED"
