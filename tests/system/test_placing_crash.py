"""The order service is killed while it places an order; the customer sends the same request again."""

import signal
import sys

import pytest

from accord.cli.audit.audit import audit
from accord.cli.coordinator import transaction
from accord.cli.demo.shop import HOSTED, WALLET, Shop, line
from accord.cli.errors import Unreachable
from accord.cli.processes.system import System
from accord.order.v1 import order_pb2

# At both coordinators, and in the integration run alone: starting a system takes seconds.
pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.integration,
    # What the attempt's row decides is the same on every database; at which coordinator is what matters here.
    pytest.mark.parametrize("system", ["embedded", "dtm"], indirect=True),
]


async def place_and_die(
    system: System, point: str, customer: str, sku: str, method: "order_pb2.PaymentMethod.ValueType"
) -> None:
    """Place an order at a service that dies at the crash point, prove that it did, and start it again."""
    service = system.children["order"]
    await service.stop()
    await service.start(sys.executable, ACCORD_CRASH_AT=point)
    with pytest.raises(Unreachable):
        await Shop(system.addresses).place(customer, line(sku), method, key="once")
    assert await service.died() == -signal.SIGKILL
    await system.restart("order")


@pytest.mark.requirement("placing.repeat-sends-stored-bytes")
async def test_what_was_stored_before_the_death_is_sent_and_not_what_holds_today(system: System) -> None:
    shop = Shop(system.addresses)
    await shop.stock("CARPET", 3, "70.00 EUR")
    await place_and_die(system, "order.place:after-attempt", "gina", "CARPET", HOSTED)
    await shop.reprice("CARPET", "75.00 EUR")
    order = await shop.place("gina", line("CARPET"), HOSTED, key="once")
    # Today's price would have been accepted.
    assert (order.close_reason, order.total.minor) == ("PRICE_CHANGED", 7000)
    assert (await shop.place("gina", line("CARPET"), HOSTED, key="another")).total.minor == 7500
    assert (await audit(system.addresses, looks=1, pause=0)).clean


@pytest.mark.requirement("placing.finished-is-not-sent")
async def test_an_order_whose_outcome_was_written_before_the_death_is_not_placed_again(system: System) -> None:
    shop = Shop(system.addresses)
    await shop.stock("RADIO", 3, "30.00 EUR")
    await shop.top_up("hugo", "100.00 EUR")
    await place_and_die(system, "order.place:after-outcome", "hugo", "RADIO", WALLET)
    order = await shop.place("hugo", line("RADIO"), WALLET, key="once")
    assert order.status == order_pb2.ORDER_STATUS_PAID
    known = await transaction(system.addresses.coordinator_http, order.gid)
    assert known is not None
    assert known.status == "succeed"
    assert (await shop.stock("RADIO", 1, "30.00 EUR")).on_hand == 3
    assert (await audit(system.addresses, looks=1, pause=0)).clean
