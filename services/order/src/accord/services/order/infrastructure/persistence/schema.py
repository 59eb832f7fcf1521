"""The tables of the order service. Times are whole microseconds since 1970, UTC."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from accord.adapters.sql.barrier_table import barrier_table
from accord.adapters.sql.columns import key_text

METADATA = MetaData()

ATTEMPT = Table(
    "attempt",
    METADATA,
    Column("caller", key_text(64), nullable=False),
    Column("idempotency_key", key_text(64), nullable=False),
    Column("request_hash", key_text(64), nullable=False),
    Column("gid", key_text(128), nullable=False),
    Column("order_id", key_text(36), nullable=False),
    # What the order says, for as long as it has no row of its own.
    Column("draft", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("outcome", key_text(16)),
    Column("reason", key_text(1000), nullable=False),
    PrimaryKeyConstraint("caller", "idempotency_key", name="pk_attempt"),
    Index("ix_attempt_order", "order_id", unique=True),
)

ORDERS = Table(
    "orders",
    METADATA,
    Column("order_id", key_text(36), primary_key=True),
    Column("customer_id", key_text(64), nullable=False),
    Column("status", key_text(16), nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("currency", key_text(3), nullable=False),
    Column("payment_method", key_text(16), nullable=False),
    Column("payment_id", key_text(36), nullable=False),
    Column("gid", key_text(128), nullable=False),
    Column("close_reason", key_text(1000), nullable=False),
    Column("refund_due", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Index("ix_orders_newest", "created_at", "order_id"),
    Index("ix_orders_customer", "customer_id", "created_at", "order_id"),
    Index("ix_orders_unpaid", "customer_id", "status"),
    Index("ix_orders_refund_due", "refund_due", "changed_at"),
)

ORDER_LINE = Table(
    "order_line",
    METADATA,
    Column("order_id", key_text(36), ForeignKey("orders.order_id", name="fk_order_line_order"), nullable=False),
    Column("line_no", Integer, nullable=False),
    Column("sku", key_text(64), nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("unit_price", BigInteger, nullable=False),
    Column("currency", key_text(3), nullable=False),
    Column("price_version", BigInteger, nullable=False),
    PrimaryKeyConstraint("order_id", "line_no", name="pk_order_line"),
)

BARRIER = barrier_table(METADATA)
