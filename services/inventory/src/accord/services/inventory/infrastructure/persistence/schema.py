"""The tables of the inventory service. Prices are minor units; times are whole microseconds since 1970, UTC."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, MetaData, PrimaryKeyConstraint, Table

from accord.adapters.sql.barrier_table import barrier_table
from accord.adapters.sql.columns import key_text

METADATA = MetaData()

ITEM = Table(
    "item",
    METADATA,
    Column("sku", key_text(64), primary_key=True),
    Column("name", key_text(100), nullable=False),
    Column("unit_price", BigInteger, nullable=False),
    Column("currency", key_text(3), nullable=False),
    Column("price_version", BigInteger, nullable=False),
    Column("on_hand", BigInteger, nullable=False),
    Column("reserved", BigInteger, nullable=False),
    CheckConstraint("reserved >= 0 and on_hand >= reserved", name="ck_item_stock"),
)

STOCK_MOVEMENT = Table(
    "stock_movement",
    METADATA,
    # `adjustment:` and an idempotency key; or `order:` or `return:`, an order id and a sku.
    Column("movement_id", key_text(128), primary_key=True),
    # No foreign key: the row comes first in its transaction, before anyone looks whether there is such an item.
    Column("sku", key_text(64), nullable=False),
    Column("delta", BigInteger, nullable=False),
    Column("kind", key_text(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_stock_movement_sku", "sku"),
)

RESERVATION = Table(
    "reservation",
    METADATA,
    Column("order_id", key_text(36), primary_key=True),
    Column("status", key_text(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
)

RESERVATION_LINE = Table(
    "reservation_line",
    METADATA,
    Column("order_id", key_text(36), ForeignKey("reservation.order_id", name="fk_reservation_line"), nullable=False),
    Column("sku", key_text(64), nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("unit_price", BigInteger, nullable=False),
    Column("currency", key_text(3), nullable=False),
    Column("price_version", BigInteger, nullable=False),
    PrimaryKeyConstraint("order_id", "sku", name="pk_reservation_line"),
)

BARRIER = barrier_table(METADATA)
