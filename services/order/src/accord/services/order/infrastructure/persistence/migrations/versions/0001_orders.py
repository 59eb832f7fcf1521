"""Attempts, orders, their lines, and the barrier."""

import sqlalchemy as sa
from alembic import op

from accord.adapters.sql import barrier_table
from accord.adapters.sql.columns import key_text

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "attempt",
        sa.Column("caller", key_text(64), nullable=False),
        sa.Column("idempotency_key", key_text(64), nullable=False),
        sa.Column("request_hash", key_text(64), nullable=False),
        sa.Column("gid", key_text(128), nullable=False),
        sa.Column("order_id", key_text(36), nullable=False),
        sa.Column("draft", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("outcome", key_text(16)),
        sa.Column("reason", key_text(1000), nullable=False),
        sa.PrimaryKeyConstraint("caller", "idempotency_key", name="pk_attempt"),
    )
    op.create_index("ix_attempt_order", "attempt", ["order_id"], unique=True)
    op.create_table(
        "orders",
        sa.Column("order_id", key_text(36), primary_key=True),
        sa.Column("customer_id", key_text(64), nullable=False),
        sa.Column("status", key_text(16), nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("currency", key_text(3), nullable=False),
        sa.Column("payment_method", key_text(16), nullable=False),
        sa.Column("payment_id", key_text(36), nullable=False),
        sa.Column("gid", key_text(128), nullable=False),
        sa.Column("close_reason", key_text(1000), nullable=False),
        sa.Column("refund_due", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_orders_newest", "orders", ["created_at", "order_id"])
    op.create_index("ix_orders_customer", "orders", ["customer_id", "created_at", "order_id"])
    op.create_index("ix_orders_unpaid", "orders", ["customer_id", "status"])
    op.create_table(
        "order_line",
        sa.Column("order_id", key_text(36), nullable=False),
        sa.Column("line_no", sa.Integer, nullable=False),
        sa.Column("sku", key_text(64), nullable=False),
        sa.Column("quantity", sa.BigInteger, nullable=False),
        sa.Column("unit_price", sa.BigInteger, nullable=False),
        sa.Column("currency", key_text(3), nullable=False),
        sa.Column("price_version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("order_id", "line_no", name="pk_order_line"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.order_id"], name="fk_order_line_order"),
    )
    op.create_table(barrier_table.NAME, *barrier_table.barrier_columns())
