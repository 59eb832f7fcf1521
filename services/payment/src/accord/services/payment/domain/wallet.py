"""A wallet: a customer's money in one currency."""

from dataclasses import dataclass

from accord.ports.money import Money

# The largest amount of money that the wire contracts allow.
LARGEST_BALANCE = 1_000_000_000_000


@dataclass(frozen=True, slots=True)
class Balance:
    """What can be spent, and what is set aside for payments under way; neither is ever negative."""

    available: Money
    frozen: Money


@dataclass(frozen=True, slots=True)
class TopUp:
    """Money added by the customer; the key is the customer's own and has one effect."""

    customer_id: str
    idempotency_key: str
    amount: Money
