"""Items, movements, reservations, and the barrier."""

import sqlalchemy as sa
from alembic import op

from accord.adapters.sql import barrier_table
from accord.adapters.sql.columns import key_text

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "item",
        sa.Column("sku", key_text(64), primary_key=True),
        sa.Column("name", key_text(100), nullable=False),
        sa.Column("unit_price", sa.BigInteger, nullable=False),
        sa.Column("currency", key_text(3), nullable=False),
        sa.Column("price_version", sa.BigInteger, nullable=False),
        sa.Column("on_hand", sa.BigInteger, nullable=False),
        sa.Column("reserved", sa.BigInteger, nullable=False),
        sa.CheckConstraint("reserved >= 0 and on_hand >= reserved", name="ck_item_stock"),
    )
    op.create_table(
        "stock_movement",
        sa.Column("movement_id", key_text(128), primary_key=True),
        sa.Column("sku", key_text(64), nullable=False),
        sa.Column("delta", sa.BigInteger, nullable=False),
        sa.Column("kind", key_text(16), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_stock_movement_sku", "stock_movement", ["sku"])
    op.create_table(
        "reservation",
        sa.Column("order_id", key_text(36), primary_key=True),
        sa.Column("status", key_text(16), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "reservation_line",
        sa.Column(
            "order_id", key_text(36), sa.ForeignKey("reservation.order_id", name="fk_reservation_line"), nullable=False
        ),
        sa.Column("sku", key_text(64), nullable=False),
        sa.Column("quantity", sa.BigInteger, nullable=False),
        sa.Column("unit_price", sa.BigInteger, nullable=False),
        sa.Column("currency", key_text(3), nullable=False),
        sa.Column("price_version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("order_id", "sku", name="pk_reservation_line"),
    )
    op.create_table(barrier_table.NAME, *barrier_table.barrier_columns())
