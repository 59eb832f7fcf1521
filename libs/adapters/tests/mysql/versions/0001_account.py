"""A table to write to, and the barrier."""

import sqlalchemy as sa
from alembic import op

from accord.adapters.sql.barrier_table import NAME, barrier_columns
from accord.adapters.sql.columns import key_text

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("name", key_text(20), primary_key=True),
        sa.Column("balance", sa.BigInteger, nullable=False),
    )
    op.create_table(NAME, *barrier_columns())
