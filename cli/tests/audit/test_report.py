from accord.audit.v1 import audit_pb2
from accord.cli.audit.audit import to_settle
from accord.cli.audit.snapshot import Snapshot


def payment(order_id: str, status: str) -> audit_pb2.PaymentFact:
    return audit_pb2.PaymentFact(order_id=order_id, payment_id=f"payment of {order_id}", status=status)


def receipt(order_id: str, status: str) -> audit_pb2.ReceiptFact:
    return audit_pb2.ReceiptFact(
        receipt_id=f"receipt of {order_id}", payment_id=f"payment of {order_id}", status=status
    )


def test_an_operator_is_told_each_order_whose_refund_the_provider_refused():
    payments = {"paid": "SUCCEEDED", "failed": "REFUND_FAILED", "late": "EXPIRED", "settled": "CANCELLED"}
    receipts = {"paid": "APPLIED", "failed": "REFUND_FAILED", "late": "REFUND_FAILED", "settled": "SETTLED"}
    found = Snapshot(
        payments={order_id: payment(order_id, status) for order_id, status in payments.items()},
        receipts={order_id: receipt(order_id, status) for order_id, status in receipts.items()},
    )
    assert to_settle(found) == ["failed", "late"]
