"""One connection, and the session settings that the transactions build on."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import asyncmy
from asyncmy.constants import CLIENT, FIELD_TYPE
from asyncmy.converters import conversions
from asyncmy.errors import MySQLError, OperationalError

from accord.adapters.mysql.faults import UNKNOWN_VARIABLE, is_refusal, number, was_not_sent
from accord.adapters.mysql.url import MysqlDatabase
from accord.ports.errors import DecisionUnknown
from accord.ports.unit_of_work import Result, Value

# Of a statement's two seconds at most one is spent on a lock, so that a second try fits in.
_LOCK_WAIT = 1
_COMMIT_WITHIN = 2.0
_END_WITHIN = 1.0
_PREPARED_STATEMENTS = 256
_IDLE = 30.0
_MODE = "ANSI_QUOTES,PIPES_AS_CONCAT,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
_SNAPSHOT = "start transaction with consistent snapshot, read only"


def _whole(text: str) -> int | Decimal:
    """Read a sum: MariaDB adds whole numbers up to a decimal one."""
    return Decimal(text) if "." in text else int(text)


_CONVERSIONS = {**conversions, FIELD_TYPE.DECIMAL: _whole, FIELD_TYPE.NEWDECIMAL: _whole}


class Connection:
    """Without autocommit: the first statement begins a transaction by itself, which saves a round trip.

    Transactions are REPEATABLE READ with `innodb_snapshot_isolation`: who would write a row that is newer than the
    snapshot he read it in is refused (1020) and runs again, so that no update is lost. Servers without that variable
    (MySQL, and MariaDB before 10.6.18) give the same guarantee by SERIALIZABLE, with more waiting.
    """

    def __init__(self, driver: Any, snapshot: Sequence[str]) -> None:
        self._driver = driver
        self._snapshot = snapshot
        self._used = asyncio.get_running_loop().time()

    @property
    def is_open(self) -> bool:
        """Whether nothing is known to be wrong with it; a silent network says nothing."""
        return bool(self._driver.connected) and not self._driver._stream_broken  # noqa: SLF001  # its own pool asks so

    async def is_usable(self) -> bool:
        """Whether it can be lent again; after a long rest the server is asked, since a network may have forgotten."""
        if not self.is_open:
            return False
        if asyncio.get_running_loop().time() - self._used < _IDLE:
            return True
        try:
            async with asyncio.timeout(_END_WITHIN):
                await self._driver.ping(reconnect=False)
        except (MySQLError, TimeoutError):
            return False
        return True

    async def begin_snapshot(self) -> None:
        """Begin a transaction that only reads, and sees one moment."""
        for statement in self._snapshot:
            await self._driver.query(statement)

    async def execute(self, text: str, values: Sequence[Value]) -> Result:
        """Run one statement; asyncmy's errors come through."""
        cursor = self._driver.cursor()
        await cursor.execute(text, values)
        if cursor.description is None:
            return Result((), cursor.rowcount)
        return Result(await cursor.fetchall(), 0)

    async def commit(self) -> None:
        """Commit; raise DecisionUnknown when it was sent and the answer does not tell."""
        try:
            async with asyncio.timeout(_COMMIT_WITHIN):
                await self._driver.commit()
        except (MySQLError, TimeoutError) as error:
            if was_not_sent(error) or is_refusal(error):
                raise
            self.close()
            raise DecisionUnknown(f"COMMIT has no certain answer: {error}") from error

    async def roll_back(self) -> None:
        """Undo what was not committed; a connection that cannot be told so is closed, and the server undoes it."""
        try:
            async with asyncio.timeout(_END_WITHIN):
                await self._driver.rollback()
        except (MySQLError, TimeoutError):
            self.close()
        except BaseException:
            self.close()
            raise

    def rest(self) -> None:
        """Note that it was in use until now."""
        self._used = asyncio.get_running_loop().time()

    def close(self) -> None:
        """Cut it; the server rolls back what was open."""
        self._driver.close()

    async def aclose(self) -> None:
        """Say goodbye, so that the server does not log a lost client."""
        try:
            async with asyncio.timeout(_END_WITHIN):
                await self._driver.ensure_closed()
        except TimeoutError:
            self.close()


async def connect(database: MysqlDatabase) -> Connection:
    """Open a connection with the settings above; asyncmy's errors come through."""
    driver: Any = await asyncmy.connect(
        host=database.host,
        port=database.port,
        database=database.name,
        user=database.user,
        password=database.password.encode(),
        charset="utf8mb4",
        # Row counts are of rows that were found, as in every other database, and not only of those that changed.
        client_flag=CLIENT.FOUND_ROWS,
        conv=_CONVERSIONS,
        autocommit=None,
        stmt_cache_size=_PREPARED_STATEMENTS,
        program_name="accord",
    )
    try:
        await driver.query(
            f"set session autocommit = 0, innodb_lock_wait_timeout = {_LOCK_WAIT}, sql_mode = '{_MODE}',"
            " time_zone = '+00:00'"
        )
        return Connection(driver, await _isolate(driver))
    except BaseException:
        driver.close()
        raise


async def _isolate(driver: Any) -> Sequence[str]:
    """Set the isolation, and return the statements that begin a snapshot under it."""
    await driver.query("set session transaction isolation level repeatable read")
    try:
        await driver.query("set session innodb_snapshot_isolation = 1")
    except OperationalError as error:
        if number(error) != UNKNOWN_VARIABLE:
            raise
        await driver.query("set session transaction isolation level serializable")
        # Else every row that is read would be locked.
        return "set transaction isolation level repeatable read", _SNAPSHOT
    return (_SNAPSHOT,)
