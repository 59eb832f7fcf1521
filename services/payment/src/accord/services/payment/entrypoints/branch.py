"""What the transaction manager calls: each operation one use case, in one transaction behind the barrier."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import grpc.aio
from google.protobuf.empty_pb2 import Empty

from accord.adapters.dtm.branches import Branches
from accord.payment.v1 import payment_branch_pb2_grpc
from accord.payment.v1.payment_branch_pb2 import PaymentBranchRequest, QueryPreparedRequest
from accord.ports.clock import Clock
from accord.services.payment.application.freeze_funds import capture_funds, freeze_funds, unfreeze_funds
from accord.services.payment.application.open_payment import open_payment, void_payment
from accord.services.payment.application.transactions import Transactions
from accord.services.payment.entrypoints.conversion import command_of
from dtm_client.branch.context import current_branch

OPERATIONS = ("open", "void", "freeze", "capture", "unfreeze")
QUERY_PREPARED = "accord.payment.v1.PaymentBranchService/QueryPrepared"


@dataclass(frozen=True, slots=True)
class BranchServicer(payment_branch_pb2_grpc.PaymentBranchServiceServicer):
    """accord.payment.v1.PaymentBranchService; a hosted payment is open for `window`."""

    branches: Branches
    transactions: Transactions
    clock: Clock
    window: timedelta

    async def Open(self, request: PaymentBranchRequest, context: grpc.aio.ServicerContext[Any, Any]) -> Empty:
        """Open a hosted payment; may refuse."""
        command, now = command_of(request), self.clock.now()
        work = self.transactions.within(lambda rows: open_payment(command, rows, now, self.window))
        return await self.branches.run("open", request, work)

    async def Void(self, request: PaymentBranchRequest, context: grpc.aio.ServicerContext[Any, Any]) -> Empty:
        """Close a hosted payment that nobody paid; never refuses."""
        command, now, gid = command_of(request), self.clock.now(), current_branch().gid
        work = self.transactions.within(lambda rows: void_payment(command, rows, now, gid))
        return await self.branches.run("void", request, work)

    async def Freeze(self, request: PaymentBranchRequest, context: grpc.aio.ServicerContext[Any, Any]) -> Empty:
        """Set wallet money aside; may refuse."""
        command, now = command_of(request), self.clock.now()
        work = self.transactions.within(lambda rows: freeze_funds(command, rows, now))
        return await self.branches.run("freeze", request, work)

    async def Capture(self, request: PaymentBranchRequest, context: grpc.aio.ServicerContext[Any, Any]) -> Empty:
        """Take what was set aside; never refuses."""
        command, now, gid = command_of(request), self.clock.now(), current_branch().gid
        work = self.transactions.within(lambda rows: capture_funds(command, rows, now, gid))
        return await self.branches.run("capture", request, work)

    async def Unfreeze(self, request: PaymentBranchRequest, context: grpc.aio.ServicerContext[Any, Any]) -> Empty:
        """Give back what was set aside; never refuses."""
        command, now, gid = command_of(request), self.clock.now(), current_branch().gid
        work = self.transactions.within(lambda rows: unfreeze_funds(command, rows, now, gid))
        return await self.branches.run("unfreeze", request, work)

    async def QueryPrepared(self, request: QueryPreparedRequest, context: grpc.aio.ServicerContext[Any, Any]) -> Empty:
        """Say whether the decision of a message was committed."""
        return await self.branches.query_prepared()
