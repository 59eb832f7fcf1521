"""The first schema."""

import sqlalchemy as sa
from alembic import op

from accord.adapters.sql.barrier_table import NAME, barrier_columns
from accord.adapters.sql.columns import key_text

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(NAME, *barrier_columns())
    op.create_table("item", sa.Column("sku", key_text(64), primary_key=True))
