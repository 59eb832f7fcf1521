"""A service killed in mid-transaction and started again: the call is repeated, the barrier makes it one effect.

Its order is not paid within the payment window, which a death does not prolong.
"""

import asyncio

from accord.cli.calls import DEADLINE
from accord.cli.coordinator import Transaction, transaction
from accord.cli.demo.scenarios import Scenario, seen
from accord.cli.demo.shop import HOSTED, Shop, line
from accord.cli.processes.system import System

# The payment is committed, and its answer never leaves. Its window is short; those of the next life are long.
POINT = {"payment": {"ACCORD_CRASH_AT": "payment.open:after-commit", "ACCORD_PAYMENT_WINDOW": "1"}}
_VICTIM = "ivan"
_KILLED = -9
_OPEN_BRANCH = "03"
_LOOK_EVERY = 0.05


def scenario(system: System) -> Scenario:
    """Return the scenario for a system whose payment service was started with the crash point armed."""

    async def killed_in_mid_transaction(shop: Shop) -> str:
        await shop.stock("CLOCK", 6, "45.00 EUR")
        placing = asyncio.get_running_loop().create_task(shop.place(_VICTIM, line("CLOCK"), HOSTED))
        try:
            ended = await system.children["payment"].died()
            await system.restart("payment")
            found = await _ended(shop, (await placing).gid)
        finally:
            placing.cancel()
            await asyncio.wait([placing])
        how = "killed" if ended == _KILLED else f"ended with {ended}"
        return f"{how}, {_repeats(found)}, order placed: {found.status}"

    return Scenario(
        "payment killed in mid-transaction", "killed, call repeated, order placed: succeed", killed_in_mid_transaction
    )


async def expires(shop: Shop) -> str:
    """Nobody pays the order of the crash; the payment's poller in its next life closes it."""
    [order] = await shop.orders_of(_VICTIM)
    return seen(await shop.until(order.order_id))


async def _ended(shop: Shop, gid: str) -> Transaction:
    async with asyncio.timeout(DEADLINE):
        while True:
            found = await transaction(shop.addresses.coordinator_http, gid)
            if found is not None and found.final:
                return found
            await asyncio.sleep(_LOOK_EVERY)


def _repeats(found: Transaction) -> str:
    tries = [
        branch["tries"] for branch in found.branches if (branch["branch_id"], branch["op"]) == (_OPEN_BRANCH, "action")
    ]
    return "call repeated" if tries and tries[0] > 1 else f"tries {tries}"
