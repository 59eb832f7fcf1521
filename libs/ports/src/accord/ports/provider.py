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


class PaymentProvider(Protocol):
    """One provider. Every method raises DependencyUnavailable when it does not answer in time."""

    async def checkout(self, payment_id: str, amount: Money) -> CheckoutSession:
        """Return the session for a payment; the payment id is the key, so a repeat returns the same session."""
        ...

    async def book(self, payment_id: str) -> tuple[BookEntry, ...]:
        """Return what the provider took for a payment."""
        ...

    async def ping(self) -> None:
        """Return when the provider answers, else raise DependencyUnavailable."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...
