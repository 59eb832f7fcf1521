"""The provider's book, in a file of its own: sessions, charges, and callbacks not yet answered."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from accord.adapters.sandbox.errors import AlreadyPaid, CheckoutDiffers, UnknownCheckout
from accord.ports.ids import Ids
from accord.ports.money import Money

_SCHEMA = """
create table if not exists checkout (
    checkout_id text primary key, payment_id text not null unique, amount integer not null, currency text not null,
    paid integer not null default 0);
create table if not exists charge (
    receipt_id text primary key, payment_id text not null, amount integer not null, currency text not null);
create table if not exists refund (
    refund_id text primary key, receipt_id text not null, amount integer not null, currency text not null,
    pending integer not null, reason text not null);
create index if not exists ix_refund_receipt on refund (receipt_id);
create table if not exists callback (message_id text primary key, body blob not null);
"""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A session in which the customer pays one payment."""

    checkout_id: str
    payment_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Charge:
    """Money taken, and how much of it was given back."""

    receipt_id: str
    payment_id: str
    amount: Money
    refunded_minor: int


class Book:
    """Every method is one committed transaction on `database`, unless `transaction` holds several together."""

    def __init__(self, path: str, ids: Ids) -> None:
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.execute("pragma journal_mode = wal")
        self.database.execute("pragma synchronous = normal")
        self.database.executescript(_SCHEMA)
        self._ids = ids

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is done inside together, or nothing of it."""
        self.database.execute("begin immediate")
        try:
            yield
        except BaseException:
            self.database.execute("rollback")
            raise
        self.database.execute("commit")

    def open_checkout(self, payment_id: str, amount: Money) -> Checkout:
        """Return the session of a payment, made at the first call; raises CheckoutDiffers for another sum."""
        values = (self._ids.fresh(), payment_id, amount.minor, amount.currency)
        self.database.execute(
            "insert or ignore into checkout (checkout_id, payment_id, amount, currency) values (?, ?, ?, ?)", values
        )
        row = self.database.execute(
            "select checkout_id, amount, currency from checkout where payment_id = ?", (payment_id,)
        ).fetchone()
        known = Checkout(row[0], payment_id, Money(row[1], row[2]))
        if known.amount != amount:
            raise CheckoutDiffers(f"payment {payment_id} has a session for {known.amount}, not for {amount}")
        return known

    def checkout(self, checkout_id: str) -> Checkout:
        """Return a session, or raise UnknownCheckout."""
        row = self.database.execute(
            "select payment_id, amount, currency from checkout where checkout_id = ?", (checkout_id,)
        ).fetchone()
        if row is None:
            raise UnknownCheckout(f"no session {checkout_id}")
        return Checkout(checkout_id, row[0], Money(row[1], row[2]))

    def charge(self, checkout: Checkout, *, again: bool) -> str:
        """Take the money and return the receipt's id; raises AlreadyPaid for a paid session, unless `again`."""
        first = self.database.execute(
            "update checkout set paid = 1 where checkout_id = ? and paid = 0", (checkout.checkout_id,)
        ).rowcount
        if not first and not again:
            raise AlreadyPaid(f"session {checkout.checkout_id} was paid before")
        receipt_id = self._ids.fresh()
        values = (receipt_id, checkout.payment_id, checkout.amount.minor, checkout.amount.currency)
        self.database.execute("insert into charge values (?, ?, ?, ?)", values)
        return receipt_id

    def charges(self, payment_id: str | None) -> Iterator[Charge]:
        """Yield what was taken, for one payment or for all."""
        rows = self.database.execute(
            "select receipt_id, payment_id, amount, currency, (select coalesce(sum(amount), 0) from refund"
            " where refund.receipt_id = charge.receipt_id and pending = 0 and reason = '')"
            " from charge where ? is null or payment_id = ? order by receipt_id",
            (payment_id, payment_id),
        )
        return (
            Charge(receipt_id, payment, Money(amount, currency), refunded)
            for receipt_id, payment, amount, currency, refunded in rows
        )

    def remember_callback(self, message_id: str, body: bytes) -> None:
        """Keep a callback until it is answered, so that a restart goes on with it."""
        self.database.execute("insert into callback values (?, ?)", (message_id, body))

    def forget_callback(self, message_id: str) -> None:
        """The callback was answered, or given up."""
        self.database.execute("delete from callback where message_id = ?", (message_id,))

    def unanswered_callbacks(self) -> list[tuple[str, bytes]]:
        """Return the callbacks that an earlier life did not finish."""
        return self.database.execute("select message_id, body from callback order by message_id").fetchall()
