"""Column types that mean the same in every database."""

from sqlalchemy import String
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine


def key_text(length: int) -> TypeEngine[str]:
    """Text that is compared byte by byte: MariaDB's default takes `A`, `a` and `a ` for one key."""
    binary = mysql.VARCHAR(length, charset="utf8mb4", collation="utf8mb4_bin")
    return String(length).with_variant(binary, "mysql", "mariadb")
