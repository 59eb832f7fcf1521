"""The table that the contract suite writes to."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table("account", sa.Column("name", sa.String(20), primary_key=True), sa.Column("balance", sa.LargeBinary))
