"""The port of global transactions, over dtm-client."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from accord.adapters.dtm import flows, runs
from accord.adapters.dtm.decision import Decisions
from accord.adapters.dtm.routes import Routes
from accord.adapters.dtm.targets import BranchTargets
from accord.adapters.dtm.timing import TIMINGS
from accord.ports.crash import CrashPoints
from accord.ports.errors import DependencyUnavailable
from accord.ports.flow import FrozenFlow, Message, Saga, Tcc
from accord.ports.transactions import Outcome
from accord.ports.unit_of_work import SqlSession, UnitOfWork
from dtm_client.aio.client import DtmClient
from dtm_client.errors import ServerUnavailable

T = TypeVar("T")


class DtmTransactions:
    """Implements accord.ports.transactions.GlobalTransactions for one service; owns the client.

    `query_prepared` is the method (`package.Service/QueryPrepared`) at which the coordinator asks for the decisions of
    this service, on its branch listener; a service that decides nothing by messages has none.
    """

    def __init__(
        self,
        client: DtmClient,
        *,
        service: str,
        routes: Routes,
        targets: BranchTargets,
        unit_of_work: UnitOfWork,
        crash_points: CrashPoints,
        query_prepared: str = "",
    ) -> None:
        self._client = client
        self._routes = routes
        self._targets = targets
        self._query_prepared = targets.url(service, query_prepared)
        self._decisions = Decisions(client, unit_of_work, crash_points, service)

    def freeze(self, flow: Saga | Tcc) -> FrozenFlow:
        """Encode the flow's payloads; raises InvalidCommand for one that its receiver's rules refuse."""
        return flows.freeze(flow, self._routes)

    async def run(self, flow: FrozenFlow) -> Outcome:
        """Run a flow that was never sent."""
        return await runs.run(self._client, flow, self._targets, first=True)

    async def resume(self, flow: FrozenFlow) -> Outcome:
        """Run a flow that may have been sent before."""
        return await runs.run(self._client, flow, self._targets, first=False)

    async def decide(self, flow: Message, work: Callable[[SqlSession], Awaitable[T]]) -> T:
        """Commit `work` if and only if the message's steps will be delivered."""
        message = flows.message(flow, self._routes, self._targets, self._query_prepared)
        return await self._decisions.decide(flow.name, message, TIMINGS[flow.name].patience, work)

    async def ping(self) -> None:
        """Return when the coordinator answers."""
        try:
            await self._client.ping()
        except ServerUnavailable as error:
            raise DependencyUnavailable(runs.COORDINATOR, str(error)) from error

    async def aclose(self) -> None:
        """Close the channels."""
        await self._client.aclose()
