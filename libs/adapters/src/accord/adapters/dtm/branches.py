"""What every branch operation of a service has in common: one transaction, the barrier first, then the business."""

from collections.abc import Awaitable, Callable
from typing import Protocol, cast

import protovalidate
from google.protobuf.empty_pb2 import Empty
from google.protobuf.message import Message

from accord.adapters.dtm.barrier import pass_barrier, was_committed
from accord.adapters.dtm.points import after_commit, before_commit
from accord.ports.crash import CrashPoints
from accord.ports.unit_of_work import SqlSession, UnitOfWork
from dtm_client.barrier.decision import Decision
from dtm_client.branch.context import current_branch
from dtm_client.errors import BranchRefused

INVALID_REQUEST = "INVALID_REQUEST"


class _Refusal(Protocol):
    reason: str


class Branches:
    """Runs the branch operations of one service; its methods are called where `current_branch` is set.

    `refusal` is the base class of the domain's business "no", and has a `reason`.
    """

    def __init__(
        self, unit_of_work: UnitOfWork, crash_points: CrashPoints, service: str, refusal: type[Exception]
    ) -> None:
        self._unit_of_work = unit_of_work
        self._crash_points = crash_points
        self._service = service
        self._refusal = refusal

    async def run(self, name: str, request: Message, work: Callable[[SqlSession], Awaitable[object]]) -> Empty:
        """Do the operation `name` unless it was done or undone before; a repeat is answered as the first call was.

        A request is held against its rules only where a "no" is understood: elsewhere it would be repeated for ever.
        Raises BranchRefused with the domain's reason, with INVALID_REQUEST, or because it comes after its own undo.
        """
        call = current_branch()
        if call.may_refuse:
            _check(request)

        async def transaction(session: SqlSession) -> Decision:
            decision = await pass_barrier(session, call)
            if decision is Decision.EXECUTE:
                await work(session)
            self._crash_points.reach(before_commit(self._service, name))
            return decision

        try:
            decision = await self._unit_of_work.run(transaction)
        except self._refusal as error:
            raise BranchRefused(cast("_Refusal", error).reason) from error
        self._crash_points.reach(after_commit(self._service, name))
        decision.check()
        return Empty()

    async def query_prepared(self) -> Empty:
        """Answer whether the local transaction of the current message was committed; raises BranchRefused if not."""
        gid = current_branch().gid

        async def transaction(session: SqlSession) -> bool:
            return await was_committed(session, gid)

        if not await self._unit_of_work.run(transaction):
            raise BranchRefused("the local transaction was not committed, and never will be")
        return Empty()


def _check(request: Message) -> None:
    try:
        protovalidate.validate(request)
    except protovalidate.ValidationError as error:
        raise BranchRefused(f"{INVALID_REQUEST}: {error}") from error
