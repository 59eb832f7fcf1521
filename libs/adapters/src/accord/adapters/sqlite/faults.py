"""What sqlite3's error codes mean to a caller."""

import sqlite3

from accord.ports.errors import DependencyUnavailable

_PRIMARY = 0xFF  # extended codes carry the primary one in their lowest byte
# The file is away, full, broken or not ours to write: nothing that a statement did wrong.
_UNAVAILABLE = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOTADB,
}


def is_busy(error: BaseException) -> bool:
    """Whether another connection held the lock, so that the same transaction may succeed a moment later."""
    return _code(error) == sqlite3.SQLITE_BUSY


def unavailable(error: BaseException) -> DependencyUnavailable | None:
    """Return the port's error for a database that cannot be used; None for a fault of the statement."""
    return DependencyUnavailable("database", str(error)) if _code(error) in _UNAVAILABLE else None


def _code(error: BaseException) -> int | None:
    code = getattr(error, "sqlite_errorcode", None) if isinstance(error, sqlite3.Error) else None
    return None if code is None else code & _PRIMARY
