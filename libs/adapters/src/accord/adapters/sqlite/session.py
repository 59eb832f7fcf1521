"""One open transaction on a sqlite3 connection."""

from sqlite3 import Connection

from accord.ports.unit_of_work import Dialect, Result, Value


class SqliteSession:
    """Runs statements on the event loop itself, without ever giving way to another task."""

    dialect: Dialect = "sqlite"

    def __init__(self, connection: Connection) -> None:
        self._connection: Connection | None = connection

    async def execute(self, sql: str, *values: Value) -> Result:
        """Run one statement; sqlite3's errors come through."""
        if self._connection is None:
            # Outside its transaction the statement would be a transaction of its own.
            raise RuntimeError("a session was used after its transaction ended")
        cursor = self._connection.execute(sql, values)
        rows = cursor.fetchall()
        return Result(rows, max(cursor.rowcount, 0))

    def close(self) -> None:
        """Refuse every later statement."""
        self._connection = None
