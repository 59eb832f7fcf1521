"""The tables that the contract suite writes to."""

import sqlalchemy as sa
from alembic import op

from accord.adapters.sql.columns import key_text

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("name", key_text(20), primary_key=True),
        sa.Column("balance", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "kept",
        sa.Column("text", key_text(60)),
        sa.Column("number", sa.BigInteger),
        sa.Column("bytes", sa.LargeBinary),
    )
