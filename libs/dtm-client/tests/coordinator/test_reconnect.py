"""A branch that could not be reached is called as soon as its target can be reached again."""

import asyncio
from collections.abc import AsyncIterator

import grpc
import pytest

from dtm_client.coordinator.caller import GrpcCaller
from dtm_client.coordinator.effects import Call
from dtm_client.coordinator.intake import read_transaction
from dtm_client.coordinator.runner import Runner
from dtm_client.testing.simulation.branches import BranchServer
from dtm_client.testing.simulation.requests import Requests
from dtm_client.testing.simulation.world import World
from dtm_client.values.status import Mode, Operation


def calls_after(world: World, ask: Requests, answer: str, returned: str) -> list[int]:
    """When the saga's first action was called, if `returned` is told to be back one second after its first answer."""
    world.caller.script["a1"] = [answer, "OK"]

    async def main(runner: Runner) -> list[int]:
        await runner.submit(read_transaction(ask.saga(steps=1), runner._now()), wait=False)
        await asyncio.sleep(1)
        runner.target_returned(returned)
        await asyncio.sleep(60)
        return world.caller.times("a1")

    return world.run(main)


def target(ask: Requests) -> str:
    [branch, *_] = read_transaction(ask.saga(steps=1), 0.0).branches
    return branch.url.partition("/")[0]


def test_what_rests_for_a_target_is_called_when_that_target_is_back(ask: Requests, world: World) -> None:
    assert calls_after(world, ask, "UNAVAILABLE", target(ask)) == [0, 1]


def test_another_target_that_is_back_changes_nothing(ask: Requests, world: World) -> None:
    assert calls_after(world, ask, "UNAVAILABLE", "elsewhere:1") == [0, 20]


def test_a_branch_that_was_reached_and_failed_waits_its_interval_out(ask: Requests, world: World) -> None:
    assert calls_after(world, ask, "INTERNAL", target(ask)) == [0, 20]


def call_of(url: str) -> Call:
    return Call("g", Mode.SAGA, 0, "01", Operation.ACTION, url, b"", {}, 5.0)


class Returns:
    """Remembers which targets were told to be back."""

    def __init__(self) -> None:
        self.targets: list[str] = []
        self.told = asyncio.Event()

    def __call__(self, target: str) -> None:
        self.targets.append(target)
        self.told.set()


@pytest.fixture
async def returns() -> Returns:
    return Returns()


@pytest.fixture
async def real_caller(returns: Returns) -> AsyncIterator[GrpcCaller]:
    caller = GrpcCaller(returns)
    yield caller
    await caller.aclose()


async def test_a_server_that_went_away_and_came_back_is_told(
    branches: BranchServer, real_caller: GrpcCaller, returns: Returns
) -> None:
    call = call_of(branches.url("OK"))
    assert (await real_caller.call(call)).code == "OK"
    await branches.stop()
    assert (await real_caller.call(call)).code == "UNAVAILABLE"
    again = grpc.aio.server()
    assert again.add_insecure_port(f"127.0.0.1:{branches.port}") == branches.port
    await again.start()
    async with asyncio.timeout(10):
        await returns.told.wait()
    await again.stop(None)
    assert returns.targets == [f"127.0.0.1:{branches.port}"]


async def test_a_server_that_only_says_it_is_unavailable_is_not_told(
    branches: BranchServer, real_caller: GrpcCaller, returns: Returns
) -> None:
    answers = [await real_caller.call(call_of(branches.url("UNAVAILABLE"))) for _ in range(3)]
    assert {answer.code for answer in answers} == {"UNAVAILABLE"}
    assert (await real_caller.call(call_of(branches.url("OK")))).code == "OK"
    assert returns.targets == []
