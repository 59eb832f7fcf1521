"""Items have a quantity."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("item", sa.Column("quantity", sa.BigInteger, nullable=False, server_default="0"))
