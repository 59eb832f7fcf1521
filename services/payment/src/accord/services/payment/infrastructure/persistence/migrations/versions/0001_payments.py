"""Payments, receipts, wallets, top-ups, the ledger, and the barrier."""

import sqlalchemy as sa
from alembic import op

from accord.adapters.sql.barrier_table import NAME, barrier_columns
from accord.adapters.sql.columns import key_text

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    _payment()
    _receipt()
    _wallet()
    _ledger()
    op.create_table(NAME, *barrier_columns())


def _payment() -> None:
    op.create_table(
        "payment",
        sa.Column("payment_id", key_text(36), primary_key=True),
        sa.Column("order_id", key_text(36), nullable=False),
        sa.Column("customer_id", key_text(64), nullable=False),
        sa.Column("method", key_text(16), nullable=False),
        sa.Column("status", key_text(16), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", key_text(3), nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("decided_by", key_text(128), nullable=False),
        sa.Column("checkout_id", key_text(128)),
        sa.Column("checkout_url", key_text(2000)),
        sa.Column("fence_source", key_text(128)),
        sa.Column("fence_token", sa.BigInteger),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_payment_order", "payment", ["order_id"], unique=True)
    op.create_index("ix_payment_due", "payment", ["status", "expires_at"])


def _receipt() -> None:
    op.create_table(
        "receipt",
        sa.Column("receipt_id", key_text(128), primary_key=True),
        sa.Column("payment_id", key_text(36), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", key_text(3), nullable=False),
        sa.Column("status", key_text(16), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_receipt_payment", "receipt", ["payment_id"])


def _wallet() -> None:
    op.create_table(
        "wallet",
        sa.Column("customer_id", key_text(64), nullable=False),
        sa.Column("currency", key_text(3), nullable=False),
        sa.Column("available", sa.BigInteger, nullable=False),
        sa.Column("frozen", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "currency", name="pk_wallet"),
        sa.CheckConstraint("available >= 0 and frozen >= 0", name="ck_wallet_never_negative"),
    )
    op.create_table(
        "top_up",
        sa.Column("customer_id", key_text(64), nullable=False),
        sa.Column("idempotency_key", key_text(64), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", key_text(3), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "idempotency_key", name="pk_top_up"),
    )


def _ledger() -> None:
    op.create_table(
        "ledger_entry",
        sa.Column("entry_id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("set_id", key_text(160), nullable=False),
        sa.Column("account", key_text(80), nullable=False),
        sa.Column("amount", sa.BigInteger, nullable=False),
        sa.Column("currency", key_text(3), nullable=False),
        sa.Column("payment_id", key_text(36)),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_ledger_entry_set", "ledger_entry", ["set_id"])
    op.create_index("ix_ledger_entry_account", "ledger_entry", ["account", "currency"])
    op.create_index("ix_ledger_entry_payment", "ledger_entry", ["payment_id"])
