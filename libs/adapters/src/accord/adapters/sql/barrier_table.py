"""The table of the sub-transaction barrier, in each service's own database."""

from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData, Table, UniqueConstraint, func
from sqlalchemy.schema import SchemaItem

from accord.adapters.sql.columns import key_text

NAME = "barrier"


def barrier_columns() -> tuple[SchemaItem, ...]:
    """The columns and the key, for `op.create_table(NAME, *barrier_columns())` in a migration.

    They are DTM's own (its sqls/dtmcli.barrier.mysql.sql), but that texts are compared byte by byte and cannot be cut.
    """
    # SQLite numbers rows by itself only in a column of the exact type INTEGER.
    number = BigInteger().with_variant(Integer, "sqlite")
    return (
        Column("id", number, primary_key=True, autoincrement=True),
        Column("trans_type", key_text(45), nullable=False, server_default=""),
        Column("gid", key_text(128), nullable=False, server_default=""),
        Column("branch_id", key_text(128), nullable=False, server_default=""),
        Column("op", key_text(45), nullable=False, server_default=""),
        Column("barrier_id", key_text(45), nullable=False, server_default=""),
        Column("reason", key_text(45), nullable=False, server_default=""),
        Column("create_time", DateTime, nullable=False, server_default=func.current_timestamp()),
        UniqueConstraint("gid", "branch_id", "op", "barrier_id", name="uniq_barrier"),
    )


def barrier_table(metadata: MetaData) -> Table:
    """Add the table to a service's schema."""
    return Table(NAME, metadata, *barrier_columns())
