"""Plays all scenarios on a running system."""

import asyncio

from accord.cli.demo.crash import POINT, expires, scenario
from accord.cli.demo.display import Board, Outcome
from accord.cli.demo.scenarios import AT_ONCE, Scenario
from accord.cli.demo.shop import Shop
from accord.cli.errors import CommandError
from accord.cli.processes.system import System

__all__ = ["POINT", "play"]


async def play(system: System, board: Board) -> list[Outcome]:
    """Play the crash first, because its victim was started to die, and then everything else at once."""
    shop = Shop(system.addresses)
    crash = await _play(scenario(system), shop, board)
    at_once = (Scenario("payment window expires", "CLOSED: PAYMENT_EXPIRED", expires), *AT_ONCE)
    return [crash, *await asyncio.gather(*(_play(one, shop, board) for one in at_once))]


async def _play(scenario: Scenario, shop: Shop, board: Board) -> Outcome:
    board.begin(scenario.title)
    try:
        seen = await scenario.play(shop)
    except (CommandError, TimeoutError) as failure:
        # A scenario that fails is an outcome of the demo, like any other; the rest goes on.
        seen = f"{type(failure).__name__}: {failure}"
    outcome = Outcome(scenario.title, scenario.expected, seen)
    board.end(scenario.title, seen, right=outcome.right)
    return outcome
