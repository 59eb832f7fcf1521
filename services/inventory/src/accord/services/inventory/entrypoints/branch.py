"""What the transaction manager calls: each operation one use case, in one transaction behind the barrier."""

from dataclasses import dataclass

from google.protobuf.empty_pb2 import Empty

from accord.adapters.dtm.branches import Branches
from accord.inventory.v1 import inventory_branch_pb2_grpc
from accord.inventory.v1.inventory_branch_pb2 import StockBranchRequest
from accord.ports.clock import Clock
from accord.ports.unit_of_work import SqlSession
from accord.services.inventory.application.commit_stock import commit_stock
from accord.services.inventory.application.release_stock import release_stock
from accord.services.inventory.application.reserve_stock import reserve_stock
from accord.services.inventory.application.restock import restock
from accord.services.inventory.domain.repositories import RepositoriesOf
from accord.services.inventory.entrypoints.conversion import reservation_of

OPERATIONS = ("reserve", "commit", "release", "restock")


@dataclass(frozen=True, slots=True)
class BranchServicer(inventory_branch_pb2_grpc.InventoryBranchServiceServicer):
    """accord.inventory.v1.InventoryBranchService."""

    branches: Branches
    repositories: RepositoriesOf
    clock: Clock

    async def Reserve(self, request: StockBranchRequest, context: object) -> Empty:
        """Keep pieces for an order; may refuse."""

        async def work(session: SqlSession) -> None:
            await reserve_stock(reservation_of(request), self.repositories(session), self.clock.now())

        return await self.branches.run("reserve", request, work)

    async def Commit(self, request: StockBranchRequest, context: object) -> Empty:
        """The pieces are sold; never refuses."""

        async def work(session: SqlSession) -> None:
            await commit_stock(request.order_id, self.repositories(session), self.clock.now())

        return await self.branches.run("commit", request, work)

    async def Release(self, request: StockBranchRequest, context: object) -> Empty:
        """The pieces will not be sold; never refuses."""

        async def work(session: SqlSession) -> None:
            await release_stock(request.order_id, self.repositories(session), self.clock.now())

        return await self.branches.run("release", request, work)

    async def Restock(self, request: StockBranchRequest, context: object) -> Empty:
        """The order is refunded; never refuses."""

        async def work(session: SqlSession) -> None:
            await restock(request.order_id, self.repositories(session), self.clock.now())

        return await self.branches.run("restock", request, work)
