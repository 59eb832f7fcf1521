"""The orders whose refund is due are found without looking at every order."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_orders_refund_due", "orders", ["refund_due", "changed_at"])
