"""What the body of a TCC transaction sees: branches to try."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar, overload

import grpc

from dtm_client.sync.runner import Runner, converse
from dtm_client.sync.transport import failed_answer
from dtm_client.transactions.conversation import Answer, CallBranch, Metadata, Question, Reply
from dtm_client.transactions.retry import Retry
from dtm_client.transactions.tcc import NoMoreBranches, register_branch, try_branch
from dtm_client.values.tcc import Tcc, TccBranch

T = TypeVar("T")
TryCall = Callable[[Metadata, float], T]


class Branches:
    """Registers and tries the branches of one TCC transaction, numbered in the order in which ``run`` is called.

    A repeated run of the same gid must try the same branches in the same order. For one thread.
    """

    def __init__(self, tcc: Tcc, runner: Runner, retry: Retry) -> None:
        self._tcc = tcc
        self._runner = runner
        self._retry = retry
        self._count = 0

    @overload
    def run(self, branch: TccBranch) -> bytes: ...
    @overload
    def run(self, branch: TccBranch, call: TryCall[T]) -> T: ...

    def run(self, branch: TccBranch, call: TryCall[T] | None = None) -> T | bytes:
        """Register the branch, try it, and return its reply; as the asyncio ``Branches.run``."""
        self._count += 1
        branch_id = f"{self._count:02d}"
        if not self._runner.run(register_branch(self._tcc, branch_id, branch, self._fresh())):
            raise NoMoreBranches
        trying = try_branch(self._tcc, branch_id, branch, self._runner.manager, self._fresh())
        if call is None:
            return self._runner.run(trying).body
        results: list[T] = []

        def perform(question: Question) -> Reply:
            if not isinstance(question, CallBranch):
                return self._runner.perform(question)
            try:
                results.append(call(question.metadata, question.timeout))
            except grpc.RpcError as error:
                return failed_answer(error)
            return Answer(grpc.StatusCode.OK)

        converse(trying, perform)
        return results[-1]

    def _fresh(self) -> Retry:
        """The same deadline, with pauses that start short again."""
        return replace(self._retry, attempt=0)
