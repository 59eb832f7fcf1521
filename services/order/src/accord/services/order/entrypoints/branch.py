"""What the transaction manager calls: each operation one use case, in one transaction behind the barrier."""

from dataclasses import dataclass

from google.protobuf.empty_pb2 import Empty

from accord.adapters.dtm.branches import Branches
from accord.order.v1 import order_branch_pb2_grpc
from accord.order.v1.order_branch_pb2 import OrderBranchRequest
from accord.ports.clock import Clock
from accord.ports.unit_of_work import SqlSession
from accord.services.order.application.await_payment import await_payment
from accord.services.order.application.close_order import close_order
from accord.services.order.application.create_order import create_order
from accord.services.order.application.mark_paid import mark_paid
from accord.services.order.application.mark_refund_failed import mark_refund_failed
from accord.services.order.application.mark_refunded import mark_refunded
from accord.services.order.application.mark_refunding import mark_refunding
from accord.services.order.domain.repositories import RepositoriesOf
from accord.services.order.entrypoints.conversion import new_order_of

OPERATIONS = (
    "create",
    "await-payment",
    "mark-paid",
    "close",
    "mark-refunding",
    "mark-refunded",
    "mark-refund-failed",
)


@dataclass(frozen=True, slots=True)
class BranchServicer(order_branch_pb2_grpc.OrderBranchServiceServicer):
    """accord.order.v1.OrderBranchService."""

    branches: Branches
    repositories: RepositoriesOf
    clock: Clock
    unpaid_limit: int

    async def Create(self, request: OrderBranchRequest, context: object) -> Empty:
        """Write the order down; may refuse."""

        async def work(session: SqlSession) -> None:
            orders = self.repositories(session).orders
            await create_order(new_order_of(request), orders, self.unpaid_limit, self.clock.now())

        return await self.branches.run("create", request, work)

    async def AwaitPayment(self, request: OrderBranchRequest, context: object) -> Empty:
        """Everything is ready for the payment; never refuses."""

        async def work(session: SqlSession) -> None:
            await await_payment(request.order_id, self.repositories(session).orders, self.clock.now())

        return await self.branches.run("await-payment", request, work)

    async def MarkPaid(self, request: OrderBranchRequest, context: object) -> Empty:
        """The order is paid; never refuses."""

        async def work(session: SqlSession) -> None:
            await mark_paid(request.order_id, self.repositories(session).orders, self.clock.now())

        return await self.branches.run("mark-paid", request, work)

    async def Close(self, request: OrderBranchRequest, context: object) -> Empty:
        """The order will not be paid; never refuses."""

        async def work(session: SqlSession) -> None:
            orders = self.repositories(session).orders
            await close_order(request.order_id, request.close_reason, orders, self.clock.now())

        return await self.branches.run("close", request, work)

    async def MarkRefunding(self, request: OrderBranchRequest, context: object) -> Empty:
        """The order is to be refunded; never refuses."""

        async def work(session: SqlSession) -> None:
            await mark_refunding(request.order_id, self.repositories(session).orders, self.clock.now())

        return await self.branches.run("mark-refunding", request, work)

    async def MarkRefunded(self, request: OrderBranchRequest, context: object) -> Empty:
        """The money is given back; never refuses."""

        async def work(session: SqlSession) -> None:
            await mark_refunded(request.order_id, self.repositories(session).orders, self.clock.now())

        return await self.branches.run("mark-refunded", request, work)

    async def MarkRefundFailed(self, request: OrderBranchRequest, context: object) -> Empty:
        """The provider keeps the money; never refuses."""

        async def work(session: SqlSession) -> None:
            await mark_refund_failed(request.order_id, self.repositories(session).orders, self.clock.now())

        return await self.branches.run("mark-refund-failed", request, work)
