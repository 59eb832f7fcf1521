"""Transactions as requests describe them, and a player that answers the machine's calls."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import grpc
import pytest

from dtm_client.coordinator.effects import Call, Transition
from dtm_client.coordinator.intake import read_registration, read_transaction
from dtm_client.coordinator.machine import requests, step
from dtm_client.coordinator.machine.answers import BranchAnswer
from dtm_client.coordinator.machine.transaction import Round, Transaction
from dtm_client.coordinator.runner import Runner
from dtm_client.coordinator.store.memory import MemoryStore
from dtm_client.protocol.dtm_pb2 import DtmBranchRequest, DtmRequest, DtmTransOptions
from dtm_client.testing import virtual_time


class Requests:
    """Requests with URLs that name what they are for: ``h:1/t.T/a1`` is the action of step 1, ``c1`` its compensate."""

    def saga(
        self,
        gid: str = "s",
        *,
        steps: int = 3,
        concurrent: bool = False,
        orders: dict[str, list[int]] | None = None,
        wait: bool = False,
        **options: Any,
    ) -> DtmRequest:
        urls = [{"action": f"h:1/t.T/a{n}", "compensate": f"h:1/t.T/c{n}"} for n in range(1, steps + 1)]
        custom = {"concurrent": True, "orders": orders or {}} if concurrent else {}
        return self._request(gid, "saga", urls, custom, wait, options)

    def message(
        self,
        gid: str = "m",
        *,
        steps: int = 2,
        query: str = "h:1/t.T/q",
        delay: int = 0,
        wait: bool = False,
        **options: Any,
    ) -> DtmRequest:
        urls = [{"action": f"h:1/t.T/a{n}"} for n in range(1, steps + 1)]
        request = self._request(gid, "msg", urls, {"delay": delay} if delay else {}, wait, options)
        request.QueryPrepared = query
        return request

    def tcc(self, gid: str = "t", *, wait: bool = False, **options: Any) -> DtmRequest:
        return self._request(gid, "tcc", [], {}, wait, options)

    def registration(self, number: int, gid: str = "t") -> DtmBranchRequest:
        return DtmBranchRequest(
            Gid=gid,
            TransType="tcc",
            BranchID=f"{number:02d}",
            BusiPayload=b"payload %d" % number,
            Data={"confirm": f"h:1/t.T/y{number}", "cancel": f"h:1/t.T/n{number}"},
        )

    def _request(
        self,
        gid: str,
        mode: str,
        urls: list[dict[str, str]],
        custom: dict[str, Any],
        wait: bool,
        options: dict[str, Any],
    ) -> DtmRequest:
        return DtmRequest(
            Gid=gid,
            TransType=mode,
            Steps=json.dumps(urls) if urls else "",
            BinPayloads=[b"payload %d" % n for n in range(1, len(urls) + 1)],
            CustomedData=json.dumps(custom) if custom else "",
            TransOptions=DtmTransOptions(WaitResult=wait, **options),
        )


@dataclass
class Play:
    """One transaction at the machine. Calls go by the last part of the URL: ``called`` all, ``open`` unanswered."""

    transaction: Transaction | None = None
    at: float = 0.0
    open: dict[str, Call] = field(default_factory=dict)
    called: list[str] = field(default_factory=list)
    last: Transition | None = None

    @property
    def now(self) -> Transaction:
        assert self.transaction is not None
        return self.transaction

    @property
    def status(self) -> str:
        return self.now.status

    def submit(self, request: DtmRequest) -> "Play":
        new = read_transaction(request, self.at)
        return self.take(requests.submit(self.transaction, new, self.at, wait=request.TransOptions.WaitResult))

    def prepare(self, request: DtmRequest) -> "Play":
        return self.take(requests.prepare(self.transaction, read_transaction(request, self.at), self.at))

    def register(self, request: DtmBranchRequest) -> "Play":
        return self.take(requests.register(self.transaction, request.Gid, *read_registration(request, self.at)))

    def abort(self, mode: str, reason: str = "") -> "Play":
        return self.take(requests.abort(self.transaction, "gid", mode, reason, self.at))

    def answer(self, name: str, code: str = "OK", details: str = "") -> "Play":
        call = self.open.pop(name)
        return self.take(step.answered(self.now, call.index, BranchAnswer(code, details), self.at))

    def tick(self, at: float) -> "Play":
        self.at = at
        return self.take(step.ticked(self.now, at))

    def crash(self) -> "Play":
        """The process dies: answers under way are lost, and the round with them."""
        self.open.clear()
        stored = replace(self.now, round=Round(0.0))
        return self.take(step.restarted(stored, self.at))

    def take(self, transition: Transition) -> "Play":
        self.last = transition
        self.transaction = transition.transaction
        for call in transition.calls:
            name = call.url.rpartition("/")[2]
            self.open[name] = call
            self.called.append(name)
        return self


@pytest.fixture
def ask() -> Requests:
    return Requests()


@pytest.fixture
def play() -> Play:
    return Play()


class ScriptedCaller:
    """Answers the calls for each URL's last part from a script, and repeats its last word; OK where none is written.

    An item is a code or a (code, details) pair. ``takes`` says how many seconds each call of a name takes, ``look``
    sees every call as it begins.
    """

    def __init__(self) -> None:
        self.script: dict[str, list[Any]] = {}
        self.takes: dict[str, float] = {}
        self.look: Callable[[Call], None] = lambda _call: None
        self.calls: list[tuple[float, str, str]] = []
        self.under_way = 0
        self.most_under_way = 0

    def times(self, name: str) -> list[int]:
        """When calls of this name began, in whole seconds."""
        return [round(at) for at, _, called in self.calls if called == name]

    def names(self, gid: str) -> list[str]:
        return [name for _, called_for, name in self.calls if called_for == gid]

    async def call(self, call: Call) -> BranchAnswer:
        name = call.url.rpartition("/")[2]
        self.calls.append((asyncio.get_running_loop().time(), call.gid, name))
        self.look(call)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(self.takes.get(name, 0))
        finally:
            self.under_way -= 1
        script = self.script.get(name, ["OK"])
        item = script.pop(0) if len(script) > 1 else script[0]
        return BranchAnswer(*(item if isinstance(item, tuple) else (item,)))


@pytest.fixture
def caller() -> ScriptedCaller:
    return ScriptedCaller()


class World:
    """Runners on one store, one after the other, in virtual time; each begins where the one before ended."""

    def __init__(self, caller: ScriptedCaller) -> None:
        self.caller = caller
        self.store = RecordingStore()
        self.wall = 1_000_000.0

    def run(self, main: Callable[[Runner], Awaitable[Any]], *, crash: bool = False) -> Any:
        """Run ``main`` on a runner that goes on with the store; ``crash``: it stores nothing more after that."""
        return virtual_time.run(self._life(main, crash=crash))

    async def _life(self, main: Callable[[Runner], Awaitable[Any]], *, crash: bool) -> Any:
        loop, began = asyncio.get_running_loop(), self.wall
        runner = Runner(self.store, self.caller, lambda: began + loop.time())
        runner.start()
        try:
            return await main(runner)
        finally:
            if crash:
                self.store = self.store.copy()
            await runner.stop(0)
            self.wall = began + loop.time()


class RecordingStore(MemoryStore):
    """Counts flushes, and can be told to fail."""

    def __init__(self) -> None:
        super().__init__()
        self.flushes: list[list[tuple[str, str]]] = []
        self.broken = False

    def write(self, transactions: Iterable[Transaction]) -> None:
        if self.broken:
            raise OSError("the disk is full")
        batch = list(transactions)
        self.flushes.append([(one.gid, str(one.status)) for one in batch])
        super().write(batch)

    def copy(self) -> "RecordingStore":
        other = RecordingStore()
        MemoryStore.write(other, self._transactions.values())
        return other


@pytest.fixture
def store() -> RecordingStore:
    return RecordingStore()


@pytest.fixture
def world(caller: ScriptedCaller) -> World:
    return World(caller)


@pytest.fixture(scope="session")
def ask_once() -> Requests:
    """The same, for tests that run many examples with one fixture."""
    return Requests()


@pytest.fixture(scope="session")
def make_play() -> Callable[[], Play]:
    return Play


class Branches:
    """A branch server on loopback. A method's name is its answer: a status code, or ``HOLD``: OK after ``let_go``."""

    def __init__(self) -> None:
        self.port = 0
        self.calls: list[tuple[str, dict[str, str | bytes], bytes]] = []
        self.time_left: list[float] = []
        self.let_go = asyncio.Event()
        self.called = asyncio.Event()
        self._server = grpc.aio.server()

    def url(self, method: str) -> str:
        return f"127.0.0.1:{self.port}/shop.Stock/{method}"

    async def start(self) -> None:
        self._server.add_generic_rpc_handlers((_AnyMethod(self._answer),))
        self.port = self._server.add_insecure_port("127.0.0.1:0")
        await self._server.start()

    async def stop(self) -> None:
        await self._server.stop(None)

    def operations(self, gid: str) -> list[tuple[str, str]]:
        """The branch id and operation of every call for a gid."""
        found = [metadata for _, metadata, _ in self.calls if metadata["dtm-gid"] == gid]
        return [(str(metadata["dtm-branch_id"]), str(metadata["dtm-op"])) for metadata in found]

    async def _answer(self, method: str, body: bytes, context: grpc.aio.ServicerContext[bytes, bytes]) -> bytes:
        self.calls.append((method, dict(context.invocation_metadata() or ()), body))
        self.time_left.append(context.time_remaining() or 0.0)
        self.called.set()
        if method == "HOLD":
            await self.let_go.wait()
        elif method != "OK":
            await context.abort(grpc.StatusCode[method], f"says {method}")
        return b""


class _AnyMethod(grpc.GenericRpcHandler):
    def __init__(self, answer: Callable[..., Awaitable[bytes]]) -> None:
        self._answer = answer

    def service(self, details: grpc.HandlerCallDetails) -> Any:
        return grpc.unary_unary_rpc_method_handler(partial(self._answer, details.method.rpartition("/")[2]))


@pytest.fixture
async def branches() -> AsyncIterator[Branches]:
    server = Branches()
    await server.start()
    yield server
    await server.stop()
