"""Refunds; each receipt that is due to be refunded gets its own."""

import sqlalchemy as sa
from alembic import op

from accord.adapters.sql.columns import key_text
from accord.ports.money import Money
from accord.services.payment.domain.receipt import Receipt, ReceiptStatus
from accord.services.payment.domain.refund import refund_of_receipt

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the table, and fill it with what was owed before."""
    refund = op.create_table(
        "refund",
        sa.Column("refund_id", key_text(36), primary_key=True),
        sa.Column("payment_id", key_text(36), nullable=False),
        sa.Column("receipt_id", key_text(128)),
        sa.Column("kind", key_text(16), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", key_text(3), nullable=False),
        sa.Column("status", key_text(16), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_try_at", sa.BigInteger, nullable=False),
        sa.Column("reason", key_text(1000), nullable=False),
        sa.Column("note", key_text(200), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_refund_due", "refund", ["status", "next_try_at"])
    op.create_index("ix_refund_payment", "refund", ["payment_id"])
    op.create_index("ix_refund_receipt", "refund", ["receipt_id"], unique=True)
    due = sa.text(
        "select receipt_id, payment_id, amount, currency, created_at from receipt where status = 'REFUND_DUE'"
    )
    rows = [_row(*receipt) for receipt in op.get_bind().execute(due)]
    if rows:
        op.bulk_insert(refund, rows)


def _row(receipt_id: str, payment_id: str, amount: int, currency: str, created_at: int) -> dict[str, str | int]:
    refund = refund_of_receipt(Receipt(receipt_id, payment_id, Money(amount, currency), ReceiptStatus.REFUND_DUE))
    return {
        "refund_id": refund.refund_id,
        "payment_id": payment_id,
        "receipt_id": receipt_id,
        "kind": refund.kind.value,
        "amount": amount,
        "currency": currency,
        "status": refund.status.value,
        "tries": 0,
        "next_try_at": created_at,
        "reason": "",
        "note": "",
        "created_at": created_at,
        "changed_at": created_at,
    }
