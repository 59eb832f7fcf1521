"""What becomes of a transaction that an operator hurries or stops."""

import asyncio

import pytest

from dtm_client.coordinator.effects import Reply
from dtm_client.coordinator.intake import read_registration, read_transaction
from dtm_client.coordinator.runner import Runner
from dtm_client.protocol.dtm_pb2 import DtmRequest
from dtm_client.testing.simulation.requests import Requests
from dtm_client.testing.simulation.world import World


async def submit(runner: Runner, request: DtmRequest) -> Reply:
    return await runner.submit(read_transaction(request, runner._now()), wait=True)


def test_a_hurried_saga_calls_at_once_what_rests_and_nothing_that_is_done(ask: Requests, world: World) -> None:
    world.caller.script["a2"] = ["UNAVAILABLE", "OK"]

    async def main(runner: Runner) -> tuple[str, float, str]:
        await submit(runner, ask.saga(steps=2, RetryInterval=50))
        reply = await runner.retry("s")
        await asyncio.sleep(1)
        return reply.code, asyncio.get_running_loop().time(), world.store.saved("s").status

    assert world.run(main) == ("OK", 1.0, "succeed")
    assert world.caller.names("s") == ["a1", "a2", "a2"]


def test_a_delayed_message_is_not_hurried(ask: Requests, world: World) -> None:
    async def main(runner: Runner) -> str:
        await submit(runner, ask.message(delay=60))
        reply = await runner.retry("m")
        await asyncio.sleep(1)
        return reply.code

    assert (world.run(main), world.caller.names("m")) == ("OK", [])


def test_a_finished_saga_is_not_called_again(ask: Requests, world: World) -> None:
    async def main(runner: Runner) -> str:
        await submit(runner, ask.saga(steps=1))
        return (await runner.retry("s")).code

    assert (world.run(main), world.caller.names("s")) == ("OK", ["a1"])


def test_a_stopped_saga_is_failed_in_the_store_and_never_called_again(ask: Requests, world: World) -> None:
    world.caller.script["a2"] = ["UNAVAILABLE"]

    async def main(runner: Runner) -> tuple[str, str]:
        await submit(runner, ask.saga(steps=2))
        reply = await runner.force_stop("s")
        stored = world.store.saved("s").status
        await asyncio.sleep(600)
        return reply.code, stored

    assert world.run(main) == ("OK", "failed")
    assert world.caller.names("s") == ["a1", "a2"]


def test_an_answer_that_comes_after_the_stop_changes_nothing(ask: Requests, world: World) -> None:
    world.caller.takes["a1"] = 2

    async def main(runner: Runner) -> str:
        waiting = asyncio.create_task(submit(runner, ask.saga(steps=2)))
        await asyncio.sleep(1)
        await runner.force_stop("s")
        await waiting
        await asyncio.sleep(60)
        return world.store.saved("s").status

    assert (world.run(main), world.caller.names("s")) == ("failed", ["a1"])


@pytest.mark.parametrize("mode", ["saga", "tcc", "msg"])
def test_who_waits_for_a_transaction_is_not_told_success_when_it_is_stopped(
    ask: Requests, world: World, mode: str
) -> None:
    world.caller.takes |= {"a1": 2, "y1": 2}

    async def main(runner: Runner) -> str:
        if mode == "tcc":
            await runner.prepare(read_transaction(ask.tcc(), runner._now()))
            await runner.register("t", *read_registration(ask.registration(1), runner._now()))
        request = {"saga": ask.saga, "tcc": ask.tcc, "msg": ask.message}[mode]()
        waiting = asyncio.create_task(submit(runner, request))
        await asyncio.sleep(1)
        await runner.force_stop(request.Gid)
        reply = await waiting
        return f"{reply.code} {reply.text}"

    assert world.run(main) == "ABORTED wait result not return success: FAILURE"
