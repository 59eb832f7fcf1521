"""A service killed in mid-transaction and started again: the call is repeated, the barrier makes it one effect."""

import asyncio

from accord.cli.coordinator import transaction
from accord.cli.demo.scenarios import Scenario, seen
from accord.cli.demo.shop import HOSTED, Shop, line
from accord.cli.processes.system import System
from accord.order.v1 import order_pb2

# The payment is committed, and its answer never leaves.
POINT = {"payment": {"ACCORD_CRASH_AT": "payment.open:after-commit"}}
_KILLED = -9
_OPEN_BRANCH = "03"


def scenario(system: System) -> Scenario:
    """Return the scenario for a system whose payment service was started with the crash point armed."""

    async def killed_in_mid_transaction(shop: Shop) -> str:
        await shop.stock("CLOCK", 6, "45.00 EUR")
        placing = asyncio.get_running_loop().create_task(shop.place("ivan", line("CLOCK"), HOSTED))
        ended = await system.children["payment"].died()
        await system.restart("payment")
        order = await shop.until((await placing).order_id, order_pb2.ORDER_STATUS_AWAITING_PAYMENT)
        how = "killed" if ended == _KILLED else f"ended with {ended}"
        return f"{how}, {await _repeats(shop, order.gid)}, {seen(order)}"

    return Scenario(
        "payment killed in mid-transaction", "killed, call repeated, AWAITING_PAYMENT", killed_in_mid_transaction
    )


async def _repeats(shop: Shop, gid: str) -> str:
    found = await transaction(shop.addresses.coordinator_http, gid)
    tries = (
        [
            branch["tries"]
            for branch in found.branches
            if (branch["branch_id"], branch["op"]) == (_OPEN_BRANCH, "action")
        ]
        if found
        else []
    )
    return "call repeated" if tries and tries[0] > 1 else f"tries {tries}"
