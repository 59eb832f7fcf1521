"""A database of a real MariaDB, and a network in between that can be spoilt."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pymysql
import pytest

from accord.adapters.mysql.unit_of_work import MysqlUnitOfWork
from accord.adapters.mysql.url import MysqlDatabase, parse_url
from accord.adapters.sql.migrations import Migrations
from accord.adapters.sql.upgrade import upgrade

ACCOUNT = Migrations("account", "0001", Path(__file__).parent / "versions")

Opened = Callable[..., MysqlUnitOfWork]


@dataclass
class Network:
    """Forwards bytes, unless a fault stands in the way of what a client sends.

    `cut` holds what is not forwarded any more but ends its connection, `cut_behind` what is forwarded and whose answer
    ends it, `swallow` what silences it for good. `seen` counts the faults. `rewrite` exchanges bytes of equal length.
    """

    server_port: int
    port: int = 0
    cut: bytes = b""
    cut_behind: bytes = b""
    swallow: bytes = b""
    rewrite: tuple[bytes, bytes] = (b"", b"")
    seen: int = 0
    opened: int = 0
    silent: bool = False
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Network"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut_all()
            if self._tasks:
                await asyncio.wait(self._tasks)

    def cut_all(self) -> None:
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self.server_port)
        self._writers += [writer, to_server]
        answers = asyncio.create_task(self._answer(from_server, writer))
        self._tasks.add(answers)
        self._tasks.add(task := asyncio.create_task(self._ask(reader, to_server, writer)))
        await asyncio.wait({answers, task})

    async def _ask(
        self, reader: asyncio.StreamReader, to_server: asyncio.StreamWriter, to_client: asyncio.StreamWriter
    ) -> None:
        while data := await self._read(reader):
            if self.swallow and self.swallow in data:
                self.seen += 1
                self.silent = True
            if self.cut and self.cut in data:
                self.cut = b""
                self.seen += 1
                break
            if self.cut_behind and self.cut_behind in data:
                # Its answer is not passed on: the other direction sees that the client is gone.
                self.cut_behind = b""
                self.seen += 1
                self._writers.remove(to_client)
                to_client.close()
            if not self.silent:
                to_server.write(data.replace(*self.rewrite) if self.rewrite[0] else data)
        to_server.close()
        to_client.close()

    async def _answer(self, from_server: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        while data := await self._read(from_server):
            if not self.silent and not to_client.is_closing():
                to_client.write(data)
        to_client.close()

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        try:
            return await reader.read(65536)
        except ConnectionError:
            return b""


@pytest.fixture
def where(new_mariadb_url: Callable[[], str]) -> MysqlDatabase:
    """A database with the table `account`, in which nobody has anything."""
    url = new_mariadb_url()
    upgrade(url, ACCOUNT)
    return parse_url(url)


@pytest.fixture
async def open_database(where: MysqlDatabase) -> AsyncIterator[Opened]:
    """Opens it, by another port or user if need be; closed after the test."""
    opened: list[MysqlUnitOfWork] = []

    def open_it(**changes: object) -> MysqlUnitOfWork:
        opened.append(MysqlUnitOfWork(replace(where, **changes), lambda: 0.5))  # type: ignore[arg-type]
        return opened[-1]

    yield open_it
    for one in opened:
        await one.aclose()


@pytest.fixture
def database(open_database: Opened) -> MysqlUnitOfWork:
    return open_database()


@pytest.fixture
async def network(where: MysqlDatabase) -> AsyncIterator[Network]:
    async with Network(where.port).listening() as listening:
        yield listening


@pytest.fixture
def behind_network(open_database: Opened, network: Network) -> MysqlUnitOfWork:
    return open_database(port=network.port)


@pytest.fixture
def operator(where: MysqlDatabase) -> Iterator[pymysql.Connection]:
    """Somebody else at the same database, who may do everything."""
    connection = pymysql.connect(
        host=where.host, port=where.port, user=where.user, database=where.name, ssl_disabled=True, autocommit=True
    )
    yield connection
    connection.close()


@pytest.fixture
def balances(operator: pymysql.Connection) -> Callable[[], dict[str, int]]:
    """What is committed."""

    def read() -> dict[str, int]:
        with operator.cursor() as cursor:
            cursor.execute("select name, balance from account")
            return dict(cursor.fetchall())

    return read


@pytest.fixture
def account(operator: pymysql.Connection) -> Callable[[str, int], None]:
    """Opens an account."""

    def put(name: str, balance: int) -> None:
        with operator.cursor() as cursor:
            cursor.execute("insert into account values (%s, %s)", (name, balance))

    return put


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], Awaitable[None]]:
    """Waits for what other tasks bring about."""

    async def wait(condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110  # what is waited for happens in a server
                await asyncio.sleep(0)

    return wait
