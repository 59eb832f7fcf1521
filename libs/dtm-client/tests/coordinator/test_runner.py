"""Many transactions at once, waiting for them, and the one rule: persist first, then perform."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from dtm_client.coordinator.effects import Call, Reply
from dtm_client.coordinator.intake import read_transaction
from dtm_client.coordinator.machine.transaction import Transaction
from dtm_client.coordinator.runner import Runner
from dtm_client.protocol.dtm_pb2 import DtmRequest
from dtm_client.testing.simulation.requests import Requests
from dtm_client.testing.simulation.world import World


def submitting(request: DtmRequest, *, wait: bool = True) -> Callable[[Runner], Awaitable[Reply]]:
    async def main(runner: Runner) -> Reply:
        return await submit(runner, request, wait=wait)

    return main


async def submit(runner: Runner, request: DtmRequest, *, wait: bool = True) -> Reply:
    return await runner.submit(read_transaction(request, runner._now()), wait=wait)


def test_a_waiting_submit_is_answered_when_the_saga_is_done(ask: Requests, world: World) -> None:
    reply = world.run(submitting(ask.saga(steps=2)))
    assert (reply.code, world.caller.names("s"), world.store.saved("s").status) == ("OK", ["a1", "a2"], "succeed")


def test_a_submit_that_does_not_wait_is_answered_before_the_first_call_ends(ask: Requests, world: World) -> None:
    world.caller.takes["a1"] = 2

    async def main(runner: Runner) -> tuple[str, bool, str]:
        reply = await submit(runner, ask.saga(steps=1), wait=False)
        return reply.code, asyncio.get_running_loop().time() < 2, world.store.saved("s").status

    assert world.run(main) == ("OK", True, "submitted")


def test_a_saga_is_waited_for_five_seconds_and_goes_on_after_that(ask: Requests, world: World) -> None:
    world.caller.takes |= {"a1": 4, "a2": 4}

    async def main(runner: Runner) -> tuple[str, float, str]:
        reply = await submit(runner, ask.saga(steps=2))
        answered = asyncio.get_running_loop().time()
        await asyncio.sleep(5)
        return reply.text, round(answered, 3), world.store.saved("s").status

    assert world.run(main) == ("wait result not return success: FAILURE", 5.0, "succeed")


@pytest.mark.requirement("coordinator.submit-starts-one-runner")
def test_a_repeated_submit_waits_for_the_first(ask: Requests, world: World) -> None:
    world.caller.takes["a1"] = 3
    world.caller.script["a1"] = ["ABORTED"]

    async def main(runner: Runner) -> list[Reply]:
        return list(await asyncio.gather(*(submit(runner, ask.saga(steps=1)) for _ in range(2))))

    first, second = world.run(main)
    assert first == second
    assert world.caller.names("s") == ["a1", "c1"]


def test_transactions_run_at_the_same_time(ask: Requests, world: World) -> None:
    world.caller.takes |= {"a1": 1, "a2": 1}

    async def main(runner: Runner) -> float:
        await asyncio.gather(*(submit(runner, ask.saga(f"g{number}", steps=2)) for number in range(50)))
        return round(asyncio.get_running_loop().time(), 1)

    assert (world.run(main), world.caller.most_under_way) == (2.0, 50)


def test_one_flush_serves_everybody_who_asked_for_it(ask: Requests, world: World) -> None:
    async def main(runner: Runner) -> int:
        await asyncio.gather(*(submit(runner, ask.saga(f"g{number}"), wait=False) for number in range(100)))
        return len(world.store.flushes[0])

    assert world.run(main) == 100


@pytest.mark.requirement("coordinator.persists-before-calling")
def test_nothing_is_called_before_what_decided_it_is_stored(ask: Requests, world: World) -> None:
    stored_at_call: list[tuple[str, str, list[str]]] = []

    def look(call: Call) -> None:
        found = world.store.saved(call.gid)
        states = [str(branch.status) for branch in found.branches if branch.operation == "action"]
        stored_at_call.append((call.url.rpartition("/")[2], str(found.status), states))

    world.caller.look = look
    world.caller.script["a2"] = ["ABORTED"]
    world.run(submitting(ask.saga(steps=2)))
    assert stored_at_call == [
        ("a1", "submitted", ["prepared", "prepared"]),
        ("a2", "submitted", ["succeed", "prepared"]),
        ("c2", "aborting", ["succeed", "failed"]),
        ("c1", "aborting", ["succeed", "failed"]),
    ]


@pytest.mark.requirement("coordinator.failed-flush-ends-it")
def test_a_failed_flush_ends_everything_unanswered_and_uncalled(ask: Requests, world: World) -> None:
    async def main(runner: Runner) -> type[BaseException | None]:
        world.store.broken = True
        answers = asyncio.gather(submit(runner, ask.saga("one"), wait=False), submit(runner, ask.saga("two")))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(60):
                await answers
        return type(runner.failed.exception())

    assert world.run(main) is OSError
    assert world.caller.calls == []


@pytest.mark.requirement("coordinator.replies-after-flush")
def test_a_refusal_is_not_answered_before_the_state_it_tells_of_is_stored(ask: Requests, world: World) -> None:
    async def main(runner: Runner) -> tuple[int, type[BaseException | None]]:
        new = read_transaction(ask.tcc(), runner._now())
        await runner.prepare(new)
        world.store.broken = True
        submitted = asyncio.ensure_future(runner.submit(new, wait=False))
        refused = asyncio.ensure_future(runner.abort("t", "tcc", ""))
        done, pending = await asyncio.wait({submitted, refused}, timeout=60)
        for task in pending:
            task.cancel()
        return len(done), type(runner.failed.exception())

    assert world.run(main) == (0, OSError)


@pytest.mark.requirement("coordinator.cut-call-is-repeated")
def test_after_a_crash_the_cut_call_is_made_again_and_the_saga_ends(ask: Requests, world: World) -> None:
    world.caller.takes["a2"] = 30

    async def cut(runner: Runner) -> None:
        await submit(runner, ask.saga(steps=2), wait=False)
        await asyncio.sleep(1)

    world.run(cut, crash=True)
    assert world.store.saved("s").status == "submitted"
    world.caller.takes.clear()
    world.run(lambda _: asyncio.sleep(1))
    assert (world.caller.names("s"), world.store.saved("s").status) == (["a1", "a2", "a2"], "succeed")


@pytest.mark.requirement("coordinator.times-survive-restart")
def test_a_deadline_that_passed_while_nobody_ran_is_kept_at_the_restart(ask: Requests, world: World) -> None:
    async def prepare(runner: Runner) -> None:
        await runner.prepare(read_transaction(ask.tcc(), runner._now()))

    world.run(prepare, crash=True)
    world.wall += 100
    world.run(lambda _: asyncio.sleep(0.001))
    assert world.store.saved("t").status == "failed"


def test_a_caller_that_breaks_is_logged_and_its_call_repeated(
    ask: Requests, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(call: Call) -> None:
        raise ValueError(call.gid)

    def well(call: Call) -> None:
        """Anything may be called."""

    async def main(runner: Runner) -> tuple[str, str]:
        world.caller.look = broken
        reply = await submit(runner, ask.saga(steps=1))
        world.caller.look = well
        await asyncio.sleep(30)
        return reply.code, world.store.saved("s").status

    assert world.run(main) == ("ABORTED", "succeed")
    assert "failed inside the coordinator" in caplog.text


def test_a_stop_stores_the_answer_of_a_call_under_way_and_makes_no_other(ask: Requests, world: World) -> None:
    world.caller.takes["a1"] = 0.5

    async def main(runner: Runner) -> tuple[Reply, str]:
        waiting = asyncio.ensure_future(submit(runner, ask.message(steps=2)))
        await asyncio.sleep(0.1)
        await runner.stop(1.0)
        return await waiting, world.store.saved("m").branches[0].status

    reply, stored = world.run(main)
    assert (reply.code, stored, world.caller.names("m")) == ("UNAVAILABLE", "succeed", ["a1"])


def test_a_stop_cuts_a_call_that_takes_longer_than_its_patience(ask: Requests, world: World) -> None:
    world.caller.takes["a1"] = 60

    async def main(runner: Runner) -> tuple[float, int]:
        await submit(runner, ask.saga(steps=1), wait=False)
        await asyncio.sleep(0.1)
        before = asyncio.get_running_loop().time()
        await runner.stop(1.0)
        return round(asyncio.get_running_loop().time() - before, 3), world.caller.under_way

    assert world.run(main) == (1.0, 0)


def test_a_waiter_that_leaves_is_forgotten_and_the_saga_goes_on(ask: Requests, world: World) -> None:
    world.caller.takes["a1"] = 2

    async def main(runner: Runner) -> tuple[dict[str, set[asyncio.Future[Reply]]], str]:
        waiting = asyncio.ensure_future(submit(runner, ask.saga(steps=1)))
        await asyncio.sleep(1)
        waiting.cancel()
        await asyncio.sleep(2)
        return runner._waiters, world.store.saved("s").status

    assert world.run(main) == ({}, "succeed")


def test_a_finished_transaction_is_not_kept_in_memory(ask: Requests, world: World) -> None:
    async def main(runner: Runner) -> dict[str, Transaction]:
        await submit(runner, ask.saga())
        return runner._running

    assert world.run(main) == {}


def test_a_success_that_nobody_waits_for_is_stored_soon(ask: Requests, world: World) -> None:
    world.caller.takes["a2"] = 60

    async def main(runner: Runner) -> str:
        await submit(runner, ask.message(steps=2), wait=False)
        await asyncio.sleep(0.1)
        return world.store.saved("m").branches[0].status

    assert world.run(main, crash=True) == "succeed"
