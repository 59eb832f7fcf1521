"""Runs scenarios against a server and returns how it differed from them."""

import asyncio
import re
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

import grpc.aio
from google.protobuf.message import Message

from dtm_client.protocol.dtm_pb2 import DtmBranchRequest, DtmRequest
from dtm_client.testing.conformance.branches import RecordingBranches
from dtm_client.testing.conformance.comparison import call_differences
from dtm_client.testing.conformance.journal import PATIENCE_SECONDS
from dtm_client.testing.conformance.kinds import Kind
from dtm_client.testing.conformance.scenario import (
    BRANCHES,
    GID,
    Await,
    Mark,
    Move,
    Post,
    Reach,
    Release,
    Scenario,
    Send,
    Shows,
)
from dtm_client.testing.conformance.target import Target

_PROBE_SECONDS = 0.1
# Payloads near the limit of 4 MiB, and the answers to those beyond it.
_CHANNEL_OPTIONS = [("grpc.max_send_message_length", -1), ("grpc.use_local_subchannel_pool", 1)]


@dataclass(frozen=True, slots=True)
class Result:
    """``differences`` is empty when the server did all that the scenario says, and nothing else."""

    scenario: Scenario
    differences: tuple[str, ...]
    seconds: float


async def run_suite(address: str, kind: Kind, scenarios: Iterable[Scenario], http: str = "") -> list[Result]:
    """Run all scenarios that hold for this kind of server, at once; ``http`` is the base URL of its HTTP API.

    Raise ServerUnavailable if no server answers there.
    """
    async with (
        RecordingBranches() as branches,
        grpc.aio.insecure_channel(address, options=_CHANNEL_OPTIONS) as channel,
    ):
        target = Target(channel, kind, http)
        await target.ping()
        runs = [_Run(scenario, target, branches) for scenario in scenarios if _runs(scenario, target)]
        await asyncio.gather(*(run.run() for run in runs))
        return [run.result() for run in runs]


def _runs(scenario: Scenario, target: Target) -> bool:
    """Whether the scenario is meant for this kind of server, and can be played at it."""
    asks_http = any(isinstance(move, Post) for move in scenario.moves)
    return target.kind in scenario.servers and (bool(target.http) or not asks_http)


class _Run:
    """One run of one scenario."""

    def __init__(self, scenario: Scenario, target: Target, branches: RecordingBranches) -> None:
        self._scenario = scenario
        self._target = target
        # Of fixed length: DTM on boltdb mixes up the branches of two gids when one is the other plus digits.
        self._gid = f"conformance-{uuid.uuid4().hex}"
        self._branches = branches.address
        self._journal = branches.open_journal(self._gid, scenario.script)
        self._found: list[str] = []
        self._seconds = 0.0

    async def run(self) -> None:
        """Make the moves, up to the first that goes otherwise than expected."""
        started = time.monotonic()
        for move in self._scenario.moves:
            self._found += await self._make(move)
            if self._found:
                break
        self._seconds = time.monotonic() - started

    def result(self) -> Result:
        """What came of it; asked when all runs are over, so that a call that came too late is noticed."""
        found = (*self._found, *call_differences(self._scenario, self._journal.arrivals))
        return Result(self._scenario, found, self._seconds)

    async def _make(self, move: Move) -> list[str]:
        match move:
            case Send():
                return await self._send(move)
            case Post():
                return await self._post(move)
            case Await(mark):
                return await self._arrival(mark)
            case Release(mark):
                await self._journal.release(mark)
                return []
            case Reach(status, gid):
                return await self._reach(status, self._real(gid))
            case Shows(field, value, gid):
                return await self._shows(self._real(gid), field, self._real(value) if isinstance(value, str) else value)

    async def _send(self, send: Send) -> list[str]:
        reply = await self._target.call(send.method, self._filled(send.request), send.metadata)
        expected = self._real(send.text)
        pattern = ".*".join(map(re.escape, expected.split("…")))
        if reply.code is send.also:
            return []
        if reply.code is send.code and re.fullmatch(pattern, reply.text, re.DOTALL):
            return []
        return [f"{send.method} answered {reply.code.name} {reply.text!r}, expected {send.code.name} {expected!r}"]

    async def _post(self, post: Post) -> list[str]:
        answered = await self._target.post(post.path, self._real(post.gid))
        return [] if answered == post.status else [f"{post.path} answered HTTP {answered}, expected {post.status}"]

    async def _arrival(self, mark: Mark) -> list[str]:
        try:
            await self._journal.arrival(mark)
        except TimeoutError:
            return [f"waited in vain for call {mark.attempt} of {mark.branch} {mark.operation}"]
        return []

    async def _reach(self, status: str, gid: str) -> list[str]:
        now = ""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    now = await self._target.status(gid)
                    if now == status:
                        return []
                    await asyncio.sleep(_PROBE_SECONDS)
        except TimeoutError:
            return [f"status {now!r}, expected {status!r}"]

    async def _shows(self, gid: str, field: str, expected: str | int | None) -> list[str]:
        shown = await self._target.shown(gid, field) if self._target.http else expected
        return [] if shown == expected else [f"{field} is {shown!r} by HTTP, expected {expected!r}"]

    def _real(self, text: str) -> str:
        return text.replace(GID, self._gid).replace(BRANCHES, self._branches)

    def _filled(self, request: Message) -> Message:
        filled = type(request)()
        filled.CopyFrom(request)
        if isinstance(filled, DtmRequest):
            filled.Gid, filled.Steps, filled.QueryPrepared = map(
                self._real, (filled.Gid, filled.Steps, filled.QueryPrepared)
            )
        elif isinstance(filled, DtmBranchRequest):
            filled.Gid = self._real(filled.Gid)
            # All entries first: a map that is written to while it is read may skip some.
            for operation, url in list(filled.Data.items()):
                filled.Data[operation] = self._real(url)
        return filled
