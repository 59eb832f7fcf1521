"""Column types that mean the same in every database."""

from typing import Any

from sqlalchemy import Dialect, String
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeDecorator, TypeEngine


class KeyText(TypeDecorator[str]):
    """Text that is compared byte by byte, spaces at its end too: by default MariaDB takes `A`, `a` and `a ` for one.

    `utf8mb4_bin` would still pad with spaces. MySQL has another name for the collation that does not.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type for a database."""
        if dialect.name not in {"mysql", "mariadb"}:
            return dialect.type_descriptor(String(self.length))
        collation = "utf8mb4_nopad_bin" if getattr(dialect, "is_mariadb", False) else "utf8mb4_0900_bin"
        return dialect.type_descriptor(mysql.VARCHAR(self.length, charset="utf8mb4", collation=collation))


def key_text(length: int) -> TypeEngine[str]:
    """Text of at most so many characters that is compared byte by byte."""
    return KeyText(length)
