"""As many connections as the database allows us, lent to one transaction at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from accord.adapters.mysql.connection import Connection
from accord.adapters.mysql.faults import leaves_the_stream_whole
from accord.ports.errors import DependencyUnavailable


class Pool:
    """At most `size` connections, opened when first needed; who finds all in use waits, in turn."""

    def __init__(self, connect: Callable[[], Awaitable[Connection]], size: int) -> None:
        self._connect = connect
        self._size = size
        self._room = asyncio.Semaphore(size)
        self._free: list[Connection] = []
        self._closed = False

    @asynccontextmanager
    async def lend(self, until: float) -> AsyncIterator[Connection]:
        """Lend a connection with no transaction open; what the body did is rolled back before this ends if it raises.

        Raises DependencyUnavailable when none can be had until that moment of the event loop's time.
        """
        await self._enter(until)
        try:
            connection = await self._take(until)
            try:
                yield connection
            except Exception as error:
                if not leaves_the_stream_whole(error):
                    connection.close()
                await connection.roll_back()
                raise
            except BaseException:
                # Cancelled in mid-statement, whose answer is still to come; nobody waits for a rollback either.
                connection.close()
                raise
            finally:
                self._give_back(connection)
        finally:
            self._room.release()

    async def aclose(self) -> None:
        """Refuse every later one, and close all once the transactions under way are done."""
        self._closed = True
        for _ in range(self._size):
            await self._room.acquire()
        while self._free:
            await self._free.pop().aclose()
        for _ in range(self._size):
            self._room.release()

    async def _enter(self, until: float) -> None:
        try:
            async with asyncio.timeout_at(until):
                await self._room.acquire()
        except TimeoutError:
            raise DependencyUnavailable("database", f"all {self._size} connections are in use for too long") from None
        if self._closed:
            self._room.release()
            raise DependencyUnavailable("database", "it was closed")

    async def _take(self, until: float) -> Connection:
        try:
            async with asyncio.timeout_at(until):
                while self._free:
                    # The last one given back: the others may rest until they are too old.
                    connection = self._free.pop()
                    if await connection.is_usable():
                        return connection
                    connection.close()
                return await self._connect()
        except TimeoutError:
            raise DependencyUnavailable("database", "no connection could be opened in time") from None

    def _give_back(self, connection: Connection) -> None:
        if connection.is_open:
            connection.rest()
            self._free.append(connection)
        else:
            connection.close()
