"""DTM's gRPC service, over a runner."""

from collections.abc import Callable
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty

from dtm_client.coordinator.effects import Reply
from dtm_client.coordinator.intake import names_topic, read_registration, read_transaction
from dtm_client.coordinator.machine.transaction import Transaction
from dtm_client.coordinator.runner import Runner
from dtm_client.errors import InvalidTransaction
from dtm_client.protocol import replies
from dtm_client.protocol.dtm_pb2 import DtmBranchRequest, DtmGidReply, DtmRequest
from dtm_client.protocol.dtm_pb2_grpc import DtmServicer
from dtm_client.values.status import Mode

_Context = grpc.aio.ServicerContext[Any, Any]


class DtmService(DtmServicer):
    """Answers as DTM 1.19 does; the differences stand in ``dtm_client.coordinator``."""

    def __init__(self, runner: Runner, now: Callable[[], float], new_gid: Callable[[], str]) -> None:
        self._runner = runner
        self._now = now
        self._new_gid = new_gid

    async def NewGid(self, request: Empty, context: _Context) -> DtmGidReply:  # noqa: ARG002 - gRPC's signature
        return DtmGidReply(Gid=self._new_gid())

    async def Prepare(self, request: DtmRequest, context: _Context) -> Empty:
        new = await self._read(request, context)
        if new.mode is Mode.SAGA:
            fault = InvalidTransaction("TransType", "a saga is not prepared", "submit it")
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(fault))
        return await _answer(context, await self._runner.prepare(new))

    async def Submit(self, request: DtmRequest, context: _Context) -> Empty:
        new = await self._read(request, context)
        return await _answer(context, await self._runner.submit(new, wait=request.TransOptions.WaitResult))

    async def Abort(self, request: DtmRequest, context: _Context) -> Empty:
        return await _answer(context, await self._runner.abort(request.Gid, request.TransType, request.RollbackReason))

    async def RegisterBranch(self, request: DtmBranchRequest, context: _Context) -> Empty:
        if request.TransType != Mode.TCC:
            return await _answer(context, Reply("UNKNOWN", replies.unknown_mode(request.TransType)))
        try:
            cancel, confirm = read_registration(request, self._now())
        except InvalidTransaction as error:
            return await _answer(context, Reply("INVALID_ARGUMENT", str(error)))
        return await _answer(context, await self._runner.register(request.Gid, cancel, confirm))

    async def _read(self, request: DtmRequest, context: _Context) -> Transaction:
        try:
            new = read_transaction(request, self._now())
        except InvalidTransaction as error:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        if names_topic(new):
            await context.abort(grpc.StatusCode.INTERNAL, replies.topic_not_found())
        return new


async def _answer(context: _Context, reply: Reply) -> Empty:
    if reply.code != "OK":
        await context.abort(grpc.StatusCode[reply.code], reply.text)
    return Empty()
