"""When calls are repeated and transactions undone, in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from dtm_client.coordinator.intake import read_transaction
from dtm_client.coordinator.runner import Runner
from dtm_client.protocol.dtm_pb2 import DtmRequest
from dtm_client.testing.simulation.requests import Requests
from dtm_client.testing.simulation.world import World


def running_for(seconds: float, request: DtmRequest, *, prepared: bool = False) -> Callable[[Runner], Awaitable[None]]:
    async def main(runner: Runner) -> None:
        new = read_transaction(request, runner._now())
        await (runner.prepare(new) if prepared else runner.submit(new, wait=False))
        await asyncio.sleep(seconds)

    return main


@pytest.mark.requirement("coordinator.retries-back-off")
@pytest.mark.parametrize(
    ("options", "times"),
    [
        ({}, [0, 20, 60, 120, 180]),
        ({"RetryInterval": 1}, [0, 2, 6, 14, 30, 62, 122, 182]),
        ({"RetryInterval": 90}, [0, 90, 180]),
    ],
)
def test_errors_double_the_wait_before_it_begins_up_to_a_minute_or_the_interval_asked_for(
    ask: Requests, world: World, options: dict[str, Any], times: list[int]
) -> None:
    world.caller.script["a1"] = ["UNAVAILABLE"]
    world.run(running_for(200, ask.saga(**options)))
    assert world.caller.times("a1") == times


@pytest.mark.parametrize(("options", "times"), [({}, [0, 10, 20, 30]), ({"RetryInterval": 2}, list(range(0, 35, 2)))])
def test_an_ongoing_branch_is_asked_at_a_fixed_interval(
    ask: Requests, world: World, options: dict[str, Any], times: list[int]
) -> None:
    world.caller.script["a1"] = ["FAILED_PRECONDITION"]
    world.run(running_for(35, ask.saga(**options)))
    assert world.caller.times("a1") == times


def test_a_success_puts_the_wait_back_to_the_base(ask: Requests, world: World) -> None:
    world.caller.script |= {"a1": ["INTERNAL", "INTERNAL", "OK"], "a2": ["INTERNAL", "OK"]}
    world.run(running_for(200, ask.saga(steps=2)))
    assert (world.caller.times("a1"), world.caller.times("a2")) == ([0, 20, 60], [60, 80])


def test_a_small_timeout_is_the_base_where_no_interval_is_given(ask: Requests, world: World) -> None:
    world.caller.script["a1"] = ["FAILED_PRECONDITION"]
    world.run(running_for(13, ask.message(TimeoutToFail=4)))
    assert world.caller.times("a1") == [0, 4, 8, 12]


def test_a_saga_is_undone_at_its_timeout_and_not_before(ask: Requests, world: World) -> None:
    world.caller.script["a1"] = ["UNAVAILABLE"]
    world.run(running_for(100, ask.saga(TimeoutToFail=25)))
    assert (world.caller.times("c1"), world.store.saved("s").status) == ([25], "failed")


def test_a_prepared_transaction_is_undone_after_35_seconds(ask: Requests, world: World) -> None:
    world.run(running_for(100, ask.tcc(), prepared=True))
    found = world.store.saved("t")
    assert (found.status, found.rolled_back - found.created) == ("failed", 35.0)


def test_a_prepared_message_asks_its_query_until_it_knows(ask: Requests, world: World) -> None:
    world.caller.script["q"] = ["FAILED_PRECONDITION", "UNAVAILABLE", "OK"]
    world.run(running_for(100, ask.message(), prepared=True))
    assert (world.caller.times("q"), world.caller.times("a1")) == ([35, 45, 65], [65])


def test_a_delayed_message_is_delivered_at_its_time(ask: Requests, world: World) -> None:
    world.run(running_for(10, ask.message(delay=4)))
    assert world.caller.times("a1") == [4]
