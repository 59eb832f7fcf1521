"""A local decision that is kept if and only if it is told."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from accord.adapters.dtm.barrier import pass_barrier, was_committed
from accord.adapters.dtm.points import after_commit, after_prepare, before_commit
from accord.adapters.dtm.runs import COORDINATOR
from accord.ports.crash import CrashPoints
from accord.ports.errors import DecisionUnknown, DependencyUnavailable, PortError
from accord.ports.unit_of_work import SqlSession, UnitOfWork
from dtm_client.aio.transactions import Transactions
from dtm_client.barrier.decision import Decision
from dtm_client.errors import DtmError, ServerUnavailable, TransactionRefused
from dtm_client.values.branch import message_call
from dtm_client.values.message import Message
from dtm_client.values.outcome import NotStored, RolledBack, RollingBack
from dtm_client.values.status import Mode

T = TypeVar("T")

_logger = logging.getLogger(__name__)


class Decisions:
    """Runs the two-phase messages of one service (DTM's `DoAndSubmit`, reference: DTM, two-phase message)."""

    def __init__(self, client: Transactions, unit_of_work: UnitOfWork, crash_points: CrashPoints, service: str) -> None:
        self._client = client
        self._unit_of_work = unit_of_work
        self._crash_points = crash_points
        self._service = service

    async def decide(
        self, name: str, message: Message, patience: float, work: Callable[[SqlSession], Awaitable[T]]
    ) -> T:
        """Prepare, commit, Submit; see accord.ports.transactions.GlobalTransactions.decide."""
        try:
            await self._client.prepare(message, deadline=patience)
        except (ServerUnavailable, TransactionRefused) as error:
            # Should it be stored after all, the coordinator asks, and is told that nothing was committed.
            raise DependencyUnavailable(COORDINATOR, str(error)) from error
        self._crash_points.reach(after_prepare(self._service, name))
        results: list[T] = []

        async def transaction(session: SqlSession) -> None:
            results.clear()
            if await pass_barrier(session, message_call(message.gid)) is not Decision.EXECUTE:
                raise DependencyUnavailable(COORDINATOR, "it gave the message up before the decision was made")
            results.append(await work(session))
            self._crash_points.reach(before_commit(self._service, name))

        try:
            await self._unit_of_work.run(transaction)
        except DecisionUnknown as unknown:
            await self._resolve(message, patience, unknown)
        except Exception as error:
            # Certainly rolled back, barrier row included.
            await self._abort(message, patience, error)
            raise
        self._crash_points.reach(after_commit(self._service, name))
        await self._submit(message, patience)
        return results[0]

    async def _resolve(self, message: Message, patience: float, unknown: DecisionUnknown) -> None:
        """Return if the decision was committed; else abort, and raise that nothing was changed."""

        async def transaction(session: SqlSession) -> bool:
            return await was_committed(session, message.gid)

        try:
            committed = await self._unit_of_work.run(transaction)
        except PortError:
            # The coordinator goes on asking until the database can say.
            raise unknown from None
        if not committed:
            await self._abort(message, patience, unknown)
            raise DependencyUnavailable("database", f"nothing was changed: {unknown}") from unknown

    async def _abort(self, message: Message, patience: float, cause: Exception) -> None:
        try:
            await self._client.abort(message.gid, Mode.MESSAGE, f"{type(cause).__name__}: {cause}", deadline=patience)
        except DtmError as error:
            # It stays prepared until the coordinator asks, and is then told that nothing was committed.
            _logger.warning("message %s could not be aborted: %s", message.gid, error)

    async def _submit(self, message: Message, patience: float) -> None:
        try:
            outcome = await self._client.submit(message, deadline=patience)
        except DtmError as error:
            # The coordinator asks by itself, and delivers.
            _logger.warning("message %s is committed and could not be submitted: %s", message.gid, error)
            return
        if isinstance(outcome, NotStored | RollingBack | RolledBack):
            _logger.error("message %s is committed here, and the coordinator gave it up: %s", message.gid, outcome)
