"""The barrier, and one table that work writes to."""

import sqlalchemy as sa
from alembic import op

from accord.adapters.sql.barrier_table import NAME, barrier_columns

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(NAME, *barrier_columns())
    op.create_table("entry", sa.Column("text", sa.String(64), nullable=False))
