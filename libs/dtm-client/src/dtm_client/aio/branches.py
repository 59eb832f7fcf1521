"""What the body of a TCC transaction sees: branches to try."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar, overload

import grpc
import grpc.aio

from dtm_client.aio.runner import Runner, converse
from dtm_client.transactions.conversation import Answer, CallBranch, Metadata, Question, Reply
from dtm_client.transactions.retry import Retry
from dtm_client.transactions.tcc import NoMoreBranches, register_branch, try_branch
from dtm_client.values.tcc import Tcc, TccBranch

T = TypeVar("T")
TryCall = Callable[[Metadata, float], Awaitable[T]]


class Branches:
    """Registers and tries the branches of one TCC transaction, numbered in the order in which ``run`` is called.

    A repeated run of the same gid must try the same branches in the same order. Tries may run in parallel; their
    registrations are made one after the other, because phase two visits them in the order in which they arrived.
    """

    def __init__(self, tcc: Tcc, runner: Runner, retry: Retry) -> None:
        self._tcc = tcc
        self._runner = runner
        self._retry = retry
        self._registering = asyncio.Lock()
        self._count = 0

    @overload
    async def run(self, branch: TccBranch) -> bytes: ...
    @overload
    async def run(self, branch: TccBranch, call: TryCall[T]) -> T: ...

    async def run(self, branch: TccBranch, call: TryCall[T] | None = None) -> T | bytes:
        """Register the branch, try it, and return its reply: raw bytes, or what ``call`` returned.

        ``call`` gets the metadata and the timeout in seconds, and may use a stub:
        ``lambda metadata, timeout: stub.Freeze(request, metadata=metadata, timeout=timeout)``.

        Raise BranchRefused when the try says no, BranchUnavailable when it is not answered in time, BranchFailed
        for any other answer; let them leave the body.
        """
        self._count += 1
        branch_id = f"{self._count:02d}"
        async with self._registering:
            if not await self._runner.run(register_branch(self._tcc, branch_id, branch, self._fresh())):
                raise NoMoreBranches
        trying = try_branch(self._tcc, branch_id, branch, self._runner.manager, self._fresh())
        if call is None:
            return (await self._runner.run(trying)).body
        results: list[T] = []

        async def perform(question: Question) -> Reply:
            if not isinstance(question, CallBranch):
                return await self._runner.perform(question)
            try:
                results.append(await call(question.metadata, question.timeout))
            except grpc.aio.AioRpcError as error:
                return Answer(error.code(), error.details() or "")
            return Answer(grpc.StatusCode.OK)

        await converse(trying, perform)
        return results[-1]

    def _fresh(self) -> Retry:
        """The same deadline, with pauses that start short again."""
        return replace(self._retry, attempt=0)
