"""The payment provider: takes the customer's money, tells us by signed callbacks, and keeps a book of its own."""

from dataclasses import dataclass
from typing import Protocol

from accord.ports.money import Money


@dataclass(frozen=True, slots=True)
class CheckoutSession:
    """Where the customer pays."""

    checkout_id: str
    url: str


@dataclass(frozen=True, slots=True)
class BookEntry:
    """Money that the provider says it took."""

    receipt_id: str
    payment_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class RefundPending:
    """The provider has not made up its mind, or the money is on its way; ask again."""


@dataclass(frozen=True, slots=True)
class RefundDone:
    """The customer has the money."""


@dataclass(frozen=True, slots=True)
class RefundRefused:
    """The provider will not give it back, whoever asks how often; `reason` is its own."""

    reason: str


RefundAnswer = RefundPending | RefundDone | RefundRefused


class PaymentProvider(Protocol):
    """One provider. Every method raises DependencyUnavailable when it does not answer in time."""

    async def checkout(self, payment_id: str, amount: Money) -> CheckoutSession:
        """Return the session for a payment; the payment id is the key, so a repeat returns the same session."""
        ...

    async def book(self, payment_id: str) -> tuple[BookEntry, ...]:
        """Return what the provider took for a payment."""
        ...

    async def refund(self, refund_id: str, receipt_id: str, amount: Money) -> RefundAnswer:
        """Give the money of a receipt back, or say how that goes.

        The refund id is the key: a repeat has no further effect and asks again, also after the end, whose answer never
        changes.
        """
        ...

    async def ping(self) -> None:
        """Return when the provider answers, else raise DependencyUnavailable."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...
