"""Transactions of one database of a server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from asyncmy.errors import MySQLError

from accord.adapters.mysql.connection import Connection, connect
from accord.adapters.mysql.faults import may_be_rerun, unavailable
from accord.adapters.mysql.pool import Pool
from accord.adapters.mysql.revision import read_revision
from accord.adapters.mysql.session import MysqlSession
from accord.adapters.mysql.url import MysqlDatabase
from accord.ports.errors import DependencyUnavailable
from accord.ports.unit_of_work import SqlSession

T = TypeVar("T")

# For the connection, the statements and all reruns together: shorter than any deadline of a branch call, so that the
# branch itself says that it could not.
PATIENCE = 2.0
# An audit reads whole tables.
READ_WITHIN = 30.0
_FIRST_PAUSE = 0.001
_LONGEST_PAUSE = 0.05


class MysqlUnitOfWork:
    """Each transaction has a connection of a bounded pool to itself.

    Implements accord.ports.unit_of_work.UnitOfWork. `run` runs `work` again after a deadlock, a lock wait, a row that
    changed since it was read, and when the connection broke before COMMIT was sent; each time behind a ROLLBACK, since
    a lock wait undoes its statement alone and would leave a barrier row for the rerun to find.
    """

    def __init__(self, database: MysqlDatabase, jitter: Callable[[], float]) -> None:
        self._database = database
        self._jitter = jitter
        self._pool = Pool(lambda: connect(database), database.connections)

    async def run(self, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        """Run `work` and commit; all of it takes PATIENCE seconds at most, and the wait for COMMIT's answer."""

        async def write(connection: Connection, until: float) -> T:
            async with self._session(connection, until) as session:
                result = await work(session)
            await connection.commit()
            return result

        return await self._retry(write)

    async def read(self, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        """Run `work`, which only reads, in a snapshot that no writer disturbs; a write in it is refused."""

        async def read(connection: Connection, until: float) -> T:
            async with self._limit(until):
                await connection.begin_snapshot()
            async with self._session(connection, asyncio.get_running_loop().time() + READ_WITHIN) as session:
                result = await work(session)
            await connection.roll_back()
            return result

        return await self._retry(read)

    async def revision(self) -> str | None:
        """Return the schema's revision; None before the first migration."""
        return await self.read(read_revision)

    async def ping(self) -> None:
        """Return when the server answers."""
        await self.read(lambda session: session.execute("select 1"))

    async def aclose(self) -> None:
        """Close all connections; work under way is finished first."""
        await self._pool.aclose()

    @asynccontextmanager
    async def _session(self, connection: Connection, until: float) -> AsyncIterator[MysqlSession]:
        session = MysqlSession(connection)
        try:
            async with self._limit(until):
                yield session
        finally:
            session.close()

    @asynccontextmanager
    async def _limit(self, until: float) -> AsyncIterator[None]:
        limit = asyncio.timeout_at(until)
        try:
            async with limit:
                yield
        except TimeoutError:
            if limit.expired():
                raise DependencyUnavailable("database", f"{self._database}: no answer in time") from None
            raise

    async def _retry(self, attempt: Callable[[Connection, float], Awaitable[T]]) -> T:
        loop = asyncio.get_running_loop()
        end = loop.time() + PATIENCE
        pause = _FIRST_PAUSE
        while True:
            try:
                async with self._pool.lend(end) as connection:
                    return await attempt(connection, end)
            except MySQLError as error:
                if not may_be_rerun(error) or loop.time() + pause > end:
                    raise unavailable(error, self._database) or error from error
            await asyncio.sleep(pause * (0.5 + 0.5 * self._jitter()))
            pause = min(2 * pause, _LONGEST_PAUSE)
