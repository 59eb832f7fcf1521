import pytest

from accord.audit.v1 import audit_pb2
from accord.cli.audit.differences import differences
from accord.cli.audit.snapshot import Snapshot
from accord.money.v1 import money_pb2

TEN = money_pb2.Money(minor=1000, currency="EUR")
NINE = money_pb2.Money(minor=900, currency="EUR")


def snapshot(order=None, reservation=None, payment=None, total=TEN, worth=TEN, amount=TEN) -> Snapshot:
    found = Snapshot()
    if order:
        found.orders["o"] = audit_pb2.OrderFact(order_id="o", status=order, total=total, gid="place-o")
    if reservation:
        found.reservations["o"] = audit_pb2.ReservationFact(order_id="o", status=reservation, worth=worth)
    if payment:
        found.payments["o"] = audit_pb2.PaymentFact(
            order_id="o", status=payment, amount=amount, decided_by="callback-1"
        )
    return found


FITTING = [
    ("AWAITING_PAYMENT", "RESERVED", "PENDING"),
    ("PAID", "COMMITTED", "SUCCEEDED"),
    ("CLOSED", "RELEASED", "DECLINED"),
    ("CLOSED", "RELEASED", "VOIDED"),
    ("CLOSED", "RELEASED", None),
    ("CLOSED", None, None),
    (None, "RELEASED", "VOIDED"),
]
ORDERS = [None, "CREATED", "AWAITING_PAYMENT", "PAID", "CLOSED"]
RESERVATIONS = [None, "RESERVED", "COMMITTED", "RELEASED"]
PAYMENTS = [None, "PENDING", "FROZEN", "SUCCEEDED", "DECLINED", "VOIDED"]


@pytest.mark.requirement("audit.states-fit")
@pytest.mark.parametrize("states", FITTING)
def test_states_that_fit_together_are_no_difference(states):
    assert differences(snapshot(*states)) == []


@pytest.mark.requirement("audit.states-fit")
def test_stock_that_stays_reserved_or_money_that_stays_taken_is_a_difference():
    wrong = [(o, r, p) for o in ORDERS for r in RESERVATIONS for p in PAYMENTS if differences(snapshot(o, r, p))]
    assert ("CLOSED", "RESERVED", None) in wrong
    assert ("CLOSED", "RELEASED", "SUCCEEDED") in wrong
    assert (None, None, "FROZEN") in wrong
    assert ("CREATED", None, None) in wrong
    assert not set(wrong) & set(FITTING)


@pytest.mark.requirement("audit.difference-names-transactions")
def test_a_difference_names_the_transactions_that_could_explain_it():
    [found] = differences(snapshot("AWAITING_PAYMENT", "RESERVED", "SUCCEEDED"))
    assert found.gids == {"place-o", "callback-1"}


@pytest.mark.requirement("audit.amounts-agree")
@pytest.mark.parametrize("changed", [{"amount": NINE}, {"worth": NINE}])
def test_amounts_must_be_the_same_everywhere(changed):
    [found] = differences(snapshot("PAID", "COMMITTED", "SUCCEEDED", **changed))
    assert "9.00 EUR" in found.text


ENTRY = {"receipt_id": "r", "payment_id": "p", "amount_minor": 1000, "currency": "EUR"}


def receipt(amount=TEN, payment_id="p") -> audit_pb2.ReceiptFact:
    return audit_pb2.ReceiptFact(receipt_id="r", payment_id=payment_id, amount=amount, status="APPLIED")


@pytest.mark.requirement("audit.provider-is-witness")
@pytest.mark.parametrize(
    ("receipts", "book", "words"),
    [
        ({}, {"r": ENTRY}, "nobody here knows"),
        ({"r": receipt()}, {}, "does not have"),
        ({"r": receipt(NINE)}, {"r": ENTRY}, "booked as 9.00 EUR"),
        ({"r": receipt(payment_id="q")}, {"r": ENTRY}, "booked for payment q"),
    ],
)
def test_the_providers_book_is_the_witness(receipts, book, words):
    [found] = differences(Snapshot(receipts=receipts, book=book))
    assert words in found.text
    assert differences(Snapshot(receipts={"r": receipt()}, book={"r": ENTRY})) == []
