"""A branch server that serves every method, records each call whole, and answers by script."""

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import grpc
import grpc.aio

from dtm_client.protocol.metadata import BRANCH_ID, GID, OPERATION, TRANS_TYPE
from dtm_client.testing.conformance.journal import Journal
from dtm_client.testing.conformance.scenario import GID as GID_PLACEHOLDER
from dtm_client.testing.conformance.scenario import Answer, Call

_ANSWER_SECONDS = 0.5
_NAMED = {GID, TRANS_TYPE, BRANCH_ID, OPERATION}


class RecordingBranches(grpc.GenericRpcHandler):
    """Branches of all scenarios of a run, on one free loopback port; told apart by their gid."""

    def __init__(self) -> None:
        self.address = ""
        self._journals: dict[str, Journal] = {}
        self._server = grpc.aio.server(options=[("grpc.so_reuseport", 0)], maximum_concurrent_rpcs=None)

    def open_journal(self, gid: str, script: Mapping[tuple[str, str], tuple[Answer, ...]]) -> Journal:
        """Start to record the calls of a gid, and of gids that extend it after a dot."""
        self._journals[gid] = Journal(script)
        return self._journals[gid]

    async def __aenter__(self) -> Self:
        self._server.add_generic_rpc_handlers((self,))
        self.address = f"127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        await self._server.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A moment for answers that are on their way; what is held for ever is cut.
        await self._server.stop(_ANSWER_SECONDS)

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes] | None":
        method = handler_call_details.method

        async def record(request: bytes, context: "grpc.aio.ServicerContext[bytes, bytes]") -> bytes:
            return await self._record(method, request, context)

        return grpc.unary_unary_rpc_method_handler(record)

    async def _record(self, method: str, request: bytes, context: "grpc.aio.ServicerContext[bytes, bytes]") -> bytes:
        metadata = context.invocation_metadata() or ()
        named = {key: str(value) for key, value in metadata if key in _NAMED}
        gid = named.get(GID, "")
        scenario = gid.partition(".")[0]
        journal = self._journals.get(scenario)
        if journal is None:
            # Left over from an earlier run against the same server.
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, "no scenario has this gid")
        headers = sorted(
            (k, v) for k, v in metadata if k not in _NAMED and not k.startswith("grpc-") and k != "user-agent"
        )
        call = Call(
            branch=named.get(BRANCH_ID, ""),
            operation=named.get(OPERATION, ""),
            method=method,
            payload=request,
            mode=named.get(TRANS_TYPE, ""),
            headers=tuple(headers),
            gid=gid.replace(scenario, GID_PLACEHOLDER, 1),
        )
        try:
            answer = await journal.answer(call, context.time_remaining() or 0.0)
        except asyncio.CancelledError:
            # The caller gave up, or the run is over: there is nobody left to answer, and grpc prints what is raised.
            return b""
        if answer.code is not grpc.StatusCode.OK:
            await context.abort(answer.code, answer.text)
        return b""
