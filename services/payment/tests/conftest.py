"""A payment service's database in memory, and fakes of the ports around it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import pytest

from accord.adapters.memory.lock import MemoryLock
from accord.adapters.settings import schemes
from accord.adapters.sql.upgrade import upgrade, upgrade_memory
from accord.adapters.sqlite.memory import MemoryUnitOfWork
from accord.ports.errors import DependencyUnavailable
from accord.ports.flow import FrozenFlow, Message, Saga, Tcc
from accord.ports.lock import DistributedLock, FencingToken, Hold
from accord.ports.money import Money
from accord.ports.transactions import GlobalTransactions, NotStored, Outcome
from accord.ports.unit_of_work import SqlSession, UnitOfWork
from accord.services.payment.application.audit import Audit, AuditRecord
from accord.services.payment.application.commands import BranchCommand
from accord.services.payment.application.decide_and_tell import DecideAndTell
from accord.services.payment.application.handle_callback import CallbackHandler
from accord.services.payment.application.open_payment import open_payment
from accord.services.payment.application.payment_lock import PaymentLock
from accord.services.payment.application.top_up_wallet import top_up_wallet
from accord.services.payment.application.transactions import Transactions
from accord.services.payment.domain.payment import Payment
from accord.services.payment.domain.repositories import Repositories, RepositoriesOf
from accord.services.payment.domain.wallet import TopUp
from accord.services.payment.infrastructure.persistence.audit import SqlAudit
from accord.services.payment.infrastructure.persistence.migrations import MIGRATIONS
from accord.services.payment.infrastructure.persistence.repositories import sql_repositories

T = TypeVar("T")

NOW = datetime(2030, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


@dataclass
class FakeClock:
    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment


@dataclass
class CountingIds:
    made: int = 0

    def fresh(self) -> str:
        self.made += 1
        return str(UUID(int=self.made))


@dataclass
class Gauge:
    """How many are inside together, and the most that ever were."""

    inside: int = 0
    most: int = 0
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @asynccontextmanager
    async def counted(self) -> AsyncIterator[None]:
        async with self.changed:
            self.inside += 1
            self.most = max(self.most, self.inside)
            self.changed.notify_all()
        try:
            yield
        finally:
            self.inside -= 1

    async def wait_for(self, number: int) -> None:
        """Return once that many were inside together; fails the test when they never are."""
        async with asyncio.timeout(5), self.changed:
            await self.changed.wait_for(lambda: self.most >= number)


async def at_once() -> None:
    """Decide without waiting for anything."""


@dataclass
class FakeTransactions:
    """A coordinator that delivers nothing, and remembers what it was told; its parts fail when asked to."""

    unit_of_work: UnitOfWork
    before_decision: Callable[[], Awaitable[None]] = at_once
    coordinator_is_down: bool = False
    submit_fails: bool = False
    deciding: Gauge = field(default_factory=Gauge)
    submitted: list[Message] = field(default_factory=list)
    left_prepared: list[Message] = field(default_factory=list)
    aborted: list[str] = field(default_factory=list)

    def freeze(self, flow: Saga | Tcc) -> FrozenFlow:
        return FrozenFlow(flow.gid, repr(flow).encode())

    async def run(self, flow: FrozenFlow) -> Outcome:
        return NotStored("payment starts no such flow")

    async def resume(self, flow: FrozenFlow) -> Outcome:
        return NotStored("payment starts no such flow")

    async def decide(self, flow: Message, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        await self.ping()
        async with self.deciding.counted():
            await self.before_decision()
            try:
                result = await self.unit_of_work.run(work)
            except Exception:
                self.aborted.append(flow.gid)
                raise
            (self.left_prepared if self.submit_fails else self.submitted).append(flow)
            return result

    async def ping(self) -> None:
        if self.coordinator_is_down:
            raise DependencyUnavailable("coordinator", "it is down")

    async def aclose(self) -> None:
        self.coordinator_is_down = True


@dataclass
class FakeHold:
    token: FencingToken
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    released: bool = False

    async def release(self) -> None:
        self.released = True


@dataclass
class NoLock:
    """Gives every caller the lock at once, with the tokens that it is told to give; the same one without."""

    tokens: list[FencingToken] = field(default_factory=list)
    unavailable: bool = False
    loses_its_holds: bool = False
    holds: list[FakeHold] = field(default_factory=list)

    async def try_acquire(self, name: str) -> Hold | None:
        return await self.acquire(name, 0)

    async def acquire(self, name: str, within: float) -> Hold:
        await self.ping()
        hold = FakeHold(self.tokens.pop(0) if self.tokens else FencingToken("nobody", 0))
        if self.loses_its_holds:
            hold.lost.set()
        self.holds.append(hold)
        return hold

    async def ping(self) -> None:
        if self.unavailable:
            raise DependencyUnavailable("lock", "it is down")

    async def aclose(self) -> None:
        self.unavailable = True


@dataclass
class MeasuredLock:
    """A lock whose waiters are counted."""

    lock: DistributedLock
    asking: Gauge = field(default_factory=Gauge)

    async def try_acquire(self, name: str) -> Hold | None:
        return await self.lock.try_acquire(name)

    async def acquire(self, name: str, within: float) -> Hold:
        async with self.asking.counted():
            return await self.lock.acquire(name, within)

    async def ping(self) -> None:
        await self.lock.ping()

    async def aclose(self) -> None:
        await self.lock.aclose()


def branch_command(
    number: int = 1, minor: int = 2_500, customer: str = "alice", currency: str = "EUR"
) -> BranchCommand:
    return BranchCommand(str(UUID(int=number)), str(UUID(int=1_000 + number)), customer, Money(minor, currency))


@dataclass
class Service:
    """The use cases over one database and fakes; tests exchange what they are about."""

    database: Any
    transactions: FakeTransactions
    lock: DistributedLock
    clock: FakeClock = field(default_factory=FakeClock)
    ids: CountingIds = field(default_factory=CountingIds)
    repositories: RepositoriesOf = sql_repositories

    def callbacks(self) -> CallbackHandler:
        return CallbackHandler(self.rows, self.payment_lock, self.clock, self.decide_and_tell)

    @property
    def payment_lock(self) -> PaymentLock:
        return PaymentLock(self.lock, within=5)

    @property
    def decide_and_tell(self) -> DecideAndTell:
        coordinator: GlobalTransactions = self.transactions
        return DecideAndTell(coordinator, self.rows, self.clock, self.ids)

    @property
    def rows(self) -> Transactions:
        return Transactions(self.database, self.repositories)

    async def do(self, use_case: Callable[[Repositories], Awaitable[T]]) -> T:
        """Commit one use case."""
        return await self.rows.run(use_case)

    async def open(self, command: BranchCommand) -> Payment:
        await self.do(lambda rows: open_payment(command, rows, self.clock.now(), timedelta(minutes=15)))
        return await self.payment(command.payment_id)

    async def top_up(self, customer: str, amount: Money, key: str = "first") -> None:
        await self.do(lambda rows: top_up_wallet(TopUp(customer, key, amount), rows, self.clock.now()))

    async def payment(self, payment_id: str) -> Payment:
        payment = await self.do(lambda rows: rows.payments.find(payment_id))
        assert payment is not None
        return payment

    async def audit(self) -> AuditRecord:
        return await Audit(self.database, SqlAudit)()

    async def broken_laws(self) -> dict[str, list[str]]:
        return {law.name: list(law.violations) for law in (await self.audit()).laws if law.violations}

    async def execute(self, sql: str) -> None:
        await self.database.run(lambda session: session.execute(sql))


@pytest.fixture(scope="session")
def schema() -> str:
    """What the migrations make, as a script, so that each test's database is made in a millisecond."""

    async def dump() -> str:
        database = MemoryUnitOfWork(lambda: 0.0)
        await upgrade_memory(database, MIGRATIONS)
        script = await database.use(lambda connection: "\n".join(connection.iterdump()))
        await database.aclose()
        return script

    return asyncio.run(dump())


@pytest.fixture
def new_service(schema: str) -> Callable[[], Awaitable[Service]]:
    """Makes services with a database of their own each, for tests that need many; they close it."""

    async def new() -> Service:
        database = MemoryUnitOfWork(lambda: 0.0)
        await database.use(lambda connection: connection.executescript(schema))
        return Service(database, FakeTransactions(database), MemoryLock("this test"))

    return new


@pytest.fixture(params=["memory", pytest.param("mariadb", marks=pytest.mark.integration)])
async def service(
    request: pytest.FixtureRequest, new_service: Callable[[], Awaitable[Service]]
) -> AsyncIterator[Service]:
    if request.param == "memory":
        made = await new_service()
    else:
        # Asked for by name, so that a run without it needs none.
        url = request.getfixturevalue("new_mariadb_url")()
        upgrade(url, MIGRATIONS)
        database = schemes.database(url)
        made = Service(database, FakeTransactions(database), MemoryLock("this test"))
    yield made
    await made.database.aclose()


@pytest.fixture
def command() -> Callable[..., BranchCommand]:
    return branch_command


@pytest.fixture
def no_lock() -> Callable[..., NoLock]:
    return NoLock


@pytest.fixture
def measured_lock() -> Callable[[DistributedLock], MeasuredLock]:
    return MeasuredLock


@pytest.fixture
def new_gauge() -> Callable[[], Gauge]:
    return Gauge
