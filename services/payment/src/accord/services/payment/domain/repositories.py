"""What the use cases need kept, inside one transaction of the service's database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accord.ports.lock import FencingToken
from accord.ports.money import Money
from accord.ports.provider import CheckoutSession
from accord.ports.unit_of_work import SqlSession
from accord.services.payment.domain.ledger import Transfer
from accord.services.payment.domain.payment import Payment, Status
from accord.services.payment.domain.receipt import Receipt, ReceiptStatus
from accord.services.payment.domain.refund import Refund, RefundStatus
from accord.services.payment.domain.wallet import Balance, TopUp


@dataclass(frozen=True, slots=True)
class Decision:
    """A payment leaves `before` for `after`; `token` is of the lock under which that is done, None without one."""

    payment_id: str
    before: Status
    after: Status
    decided_by: str
    token: FencingToken | None = None


class PaymentRepository(Protocol):
    """The rows that decide."""

    async def add(self, payment: Payment, now: datetime) -> bool:
        """Keep a new payment; False, and nothing changed, when its id or its order has one."""
        ...

    async def find(self, payment_id: str) -> Payment | None:
        """Return the payment of this id."""
        ...

    async def find_by_order(self, order_id: str) -> Payment | None:
        """Return the payment of this order."""
        ...

    async def due(self, now: datetime, limit: int) -> list[Payment]:
        """Return hosted payments that nobody decided by the end of their window, oldest end first, `limit` at most."""
        ...

    async def decide(self, decision: Decision, now: datetime) -> bool:
        """Move the row if it still stands at `before` and the token is not stale; else False."""
        ...

    async def keep_checkout(
        self, payment_id: str, checkout: CheckoutSession, token: FencingToken | None, now: datetime
    ) -> bool:
        """Keep the provider's session if there is none and the token is not stale; else False."""
        ...


class ReceiptRepository(Protocol):
    """The provider's money."""

    async def add(self, receipt: Receipt, now: datetime) -> bool:
        """Keep a receipt; False, and nothing changed, when its id is known."""
        ...

    async def find(self, receipt_id: str) -> Receipt | None:
        """Return the receipt of this id."""
        ...

    async def applied_to(self, payment_id: str) -> Receipt | None:
        """Return the receipt that paid for this payment, unless it is being given back."""
        ...

    async def mark(self, receipt_id: str, status: ReceiptStatus) -> None:
        """Set a receipt's status; whether that is right was decided by another row in the same transaction."""
        ...


class RefundRepository(Protocol):
    """Money on its way back."""

    async def add(self, refund: Refund, now: datetime) -> None:
        """Keep a new refund, due at once; a second one under its id, or of its receipt, ends the transaction."""
        ...

    async def of_payment(self, payment_id: str) -> list[Refund]:
        """Return every refund of a payment, of itself and of its other receipts, sorted by id."""
        ...

    async def due(self, now: datetime, limit: int) -> list[Refund]:
        """Return pending refunds whose next try is due, those that waited longest first, `limit` at most."""
        ...

    async def postpone(self, refund: Refund, until: datetime, now: datetime) -> None:
        """Count one try more, unless somebody else did since `refund` was seen, or it has ended."""
        ...

    async def end(self, refund: Refund, end: RefundStatus, words: str, now: datetime) -> bool:
        """Move the row to `end` if it still stands where `refund` was seen; else False, and nothing changed.

        `words` become the note of a refund that is settled, else the reason.
        """
        ...


class WalletRepository(Protocol):
    """Customers' money. Methods that return a bool change nothing when they return False."""

    async def top_up(self, customer_id: str, amount: Money) -> bool:
        """Add to what is available, making the wallet if need be; False when the balance would grow too large."""
        ...

    async def freeze(self, customer_id: str, amount: Money) -> bool:
        """Set aside; False when less is available."""
        ...

    async def capture(self, customer_id: str, amount: Money) -> None:
        """Spend what was set aside."""
        ...

    async def unfreeze(self, customer_id: str, amount: Money) -> None:
        """Make available again what was set aside."""
        ...

    async def give_back(self, customer_id: str, amount: Money) -> None:
        """Add to what is available what came from there; it may pass the largest balance, for it was theirs before."""
        ...

    async def balances(self, customer_id: str) -> list[Balance]:
        """Return one balance a currency, sorted by currency."""
        ...


class TopUpRepository(Protocol):
    """Which top-ups were done."""

    async def add(self, top_up: TopUp, now: datetime) -> bool:
        """Keep a top-up; False, and nothing changed, when the customer's key is known."""
        ...

    async def find(self, customer_id: str, idempotency_key: str) -> TopUp | None:
        """Return the top-up of this key."""
        ...


class LedgerRepository(Protocol):
    """Where money moved; only ever added to."""

    async def post(self, transfer: Transfer, now: datetime) -> None:
        """Write the two entries of a transfer."""
        ...


@dataclass(frozen=True, slots=True)
class Repositories:
    """All of them, over one transaction."""

    payments: PaymentRepository
    receipts: ReceiptRepository
    wallets: WalletRepository
    top_ups: TopUpRepository
    ledger: LedgerRepository
    refunds: RefundRepository


RepositoriesOf = Callable[[SqlSession], Repositories]
