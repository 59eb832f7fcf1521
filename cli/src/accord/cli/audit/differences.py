"""Where the services disagree with one another, or with the provider's book."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from accord.audit.v1 import audit_pb2
from accord.cli.audit.snapshot import Snapshot
from accord.cli.money import written
from accord.money.v1 import money_pb2

# The states that fit together once nothing is under way; None is "knows nothing of this order".
_UNDONE_RESERVATION = {None, "RELEASED"}
_UNDONE_PAYMENT = {None, "DECLINED", "VOIDED", "EXPIRED", "CANCELLED"}
# A refund may overtake the sale: the goods then never left.
_TAKEN_BACK = {"RETURNED", "RELEASED"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement; `gids` are the global transactions that, while open, explain it."""

    subject: str
    text: str
    gids: frozenset[str]


def differences(snapshot: Snapshot) -> list[Difference]:
    """Return every disagreement of one snapshot; the snapshots of two services are never of the same moment."""
    found = list(_between_book_and_receipts(snapshot))
    for order_id in sorted(snapshot.order_ids):
        found += _of_order(snapshot, order_id)
    return found


def _of_order(snapshot: Snapshot, order_id: str) -> Iterator[Difference]:
    order = snapshot.orders.get(order_id)
    reservation = snapshot.reservations.get(order_id)
    payment = snapshot.payments.get(order_id)
    gids = frozenset(gid for gid in (f"place-{order_id}", order and order.gid, payment and payment.decided_by) if gid)
    states = tuple(fact.status if fact else None for fact in (order, reservation, payment))
    if not _fit(*states):
        text = "order {}, reservation {}, payment {} do not fit together".format(*states)
        yield Difference(order_id, text, gids)
    if order and payment and payment.amount != order.total:
        yield Difference(order_id, f"payment of {written(payment.amount)} for {written(order.total)}", gids)
    if order and reservation and reservation.worth != order.total:
        yield Difference(order_id, f"reservation worth {written(reservation.worth)} for {written(order.total)}", gids)


def _fit(order: str | None, reservation: str | None, payment: str | None) -> bool:
    match order:
        case "AWAITING_PAYMENT":
            return (reservation, payment) == ("RESERVED", "PENDING")
        case "PAID":
            return (reservation, payment) == ("COMMITTED", "SUCCEEDED")
        case "REFUNDING" | "REFUNDED" | "REFUND_FAILED":
            return reservation in _TAKEN_BACK and payment == order
        case "CLOSED" if payment == "REFUNDING":
            # Paid after it was closed: it is told nothing before the money is back.
            return reservation in _TAKEN_BACK
        case "CLOSED" | None:
            return reservation in _UNDONE_RESERVATION and payment in _UNDONE_PAYMENT
        case _:
            return False


def _between_book_and_receipts(snapshot: Snapshot) -> Iterator[Difference]:
    nobody: frozenset[str] = frozenset()
    for receipt_id, entry in snapshot.book.items():
        receipt = snapshot.receipts.get(receipt_id)
        if receipt is None:
            text = f"the provider took {_taken(entry)} for payment {entry['payment_id']}, and nobody here knows"
            yield Difference(receipt_id, text, nobody)
        elif (receipt.amount.minor, receipt.amount.currency) != (entry["amount_minor"], entry["currency"]):
            yield Difference(receipt_id, f"booked as {written(receipt.amount)}, taken as {_taken(entry)}", nobody)
        elif receipt.payment_id != entry["payment_id"]:
            yield Difference(
                receipt_id, f"booked for payment {receipt.payment_id}, taken for {entry['payment_id']}", nobody
            )
        elif entry["refunded_minor"] not in _given_back(receipt):
            text = f"{receipt.status}, and the provider gave back {_given(entry)} of {_taken(entry)}"
            yield Difference(receipt_id, text, nobody)
    for receipt_id in snapshot.receipts.keys() - snapshot.book.keys():
        yield Difference(receipt_id, "a receipt that the provider's book does not have", nobody)


def _given_back(receipt: audit_pb2.ReceiptFact) -> set[int]:
    """Return what the provider may have given back, in minor units; it knows first that a refund is done."""
    whole = receipt.amount.minor
    match receipt.status:
        case "REFUND_DUE":
            return {0, whole}
        case "REFUNDED":
            return {whole}
        case _:
            return {0}


def _given(entry: Mapping[str, Any]) -> str:
    return written(money_pb2.Money(minor=entry["refunded_minor"], currency=entry["currency"]))


def _taken(entry: Mapping[str, Any]) -> str:
    return written(money_pb2.Money(minor=entry["amount_minor"], currency=entry["currency"]))
