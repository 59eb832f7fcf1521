"""The tables of the payment service. Amounts are minor units; times are whole microseconds since 1970, UTC."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, MetaData, PrimaryKeyConstraint, Table

from accord.adapters.sql.barrier_table import barrier_table
from accord.adapters.sql.columns import key_text

METADATA = MetaData()

PAYMENT = Table(
    "payment",
    METADATA,
    Column("payment_id", key_text(36), primary_key=True),
    Column("order_id", key_text(36), nullable=False),
    Column("customer_id", key_text(64), nullable=False),
    Column("method", key_text(16), nullable=False),
    Column("status", key_text(16), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", key_text(3), nullable=False),
    # When the customer has not paid by then; none for a wallet payment.
    Column("expires_at", BigInteger),
    Column("decided_by", key_text(128), nullable=False),
    # The provider's session, from the first checkout on.
    Column("checkout_id", key_text(128)),
    Column("checkout_url", key_text(2000)),
    # The fencing token of the last lock holder that wrote the row.
    Column("fence_source", key_text(128)),
    Column("fence_token", BigInteger),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Index("ix_payment_order", "order_id", unique=True),
    Index("ix_payment_due", "status", "expires_at"),
)

RECEIPT = Table(
    "receipt",
    METADATA,
    Column("receipt_id", key_text(128), primary_key=True),
    Column("payment_id", key_text(36), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", key_text(3), nullable=False),
    Column("status", key_text(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_receipt_payment", "payment_id"),
)

REFUND = Table(
    "refund",
    METADATA,
    Column("refund_id", key_text(36), primary_key=True),
    Column("payment_id", key_text(36), nullable=False),
    # None when the money goes back to the customer's wallet.
    Column("receipt_id", key_text(128)),
    Column("kind", key_text(16), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", key_text(3), nullable=False),
    Column("status", key_text(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try_at", BigInteger, nullable=False),
    # Why the provider refused.
    Column("reason", key_text(1000), nullable=False),
    # The operator's words about how it was settled.
    Column("note", key_text(200), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Index("ix_refund_due", "status", "next_try_at"),
    Index("ix_refund_payment", "payment_id"),
    Index("ix_refund_receipt", "receipt_id", unique=True),
)

WALLET = Table(
    "wallet",
    METADATA,
    Column("customer_id", key_text(64), nullable=False),
    Column("currency", key_text(3), nullable=False),
    Column("available", BigInteger, nullable=False),
    Column("frozen", BigInteger, nullable=False),
    PrimaryKeyConstraint("customer_id", "currency", name="pk_wallet"),
    CheckConstraint("available >= 0 and frozen >= 0", name="ck_wallet_never_negative"),
)

TOP_UP = Table(
    "top_up",
    METADATA,
    Column("customer_id", key_text(64), nullable=False),
    Column("idempotency_key", key_text(64), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", key_text(3), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("customer_id", "idempotency_key", name="pk_top_up"),
)

LEDGER_ENTRY = Table(
    "ledger_entry",
    METADATA,
    # SQLite numbers rows by itself only in a column of the exact type INTEGER.
    Column("entry_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("set_id", key_text(160), nullable=False),
    Column("account", key_text(80), nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", key_text(3), nullable=False),
    # None for a top-up.
    Column("payment_id", key_text(36)),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_ledger_entry_set", "set_id"),
    Index("ix_ledger_entry_account", "account", "currency"),
    Index("ix_ledger_entry_payment", "payment_id"),
)

BARRIER = barrier_table(METADATA)
