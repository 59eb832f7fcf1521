"""One open transaction on a connection."""

from asyncmy.errors import IntegrityError

from accord.adapters.mysql.connection import Connection
from accord.adapters.mysql.faults import DUPLICATE, number
from accord.adapters.mysql.statements import translate
from accord.ports.unit_of_work import Dialect, Result, Value


class MysqlSession:
    """Runs statements as `accord.adapters.mysql.statements` says."""

    dialect: Dialect = "mysql"

    def __init__(self, connection: Connection) -> None:
        self._connection: Connection | None = connection

    async def execute(self, sql: str, *values: Value) -> Result:
        """Run one statement; asyncmy's errors come through."""
        if self._connection is None:
            # Outside its transaction the statement would be part of somebody else's.
            raise RuntimeError("a session was used after its transaction ended")
        statement = translate(sql)
        try:
            return await self._connection.execute(statement.text, values)
        except IntegrityError as error:
            if statement.skips_duplicates and number(error) == DUPLICATE:
                return Result((), 0)
            raise

    def close(self) -> None:
        """Refuse every later statement."""
        self._connection = None
