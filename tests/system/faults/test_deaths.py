"""A service is killed at each of its crash points in turn; whatever was under way ends as it must."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from accord.cli.customer import Faults, pay
from accord.cli.demo.shop import HOSTED, WALLET, line
from accord.cli.errors import Unreachable
from accord.order.v1 import order_pb2
from accord.services.inventory import bootstrap as inventory
from accord.services.order import bootstrap as order
from accord.services.payment import bootstrap as payment

AWAITING = order_pb2.ORDER_STATUS_AWAITING_PAYMENT
PAID = order_pb2.ORDER_STATUS_PAID
CLOSED = order_pb2.ORDER_STATUS_CLOSED

# Seconds between a customer's attempts.
PAUSE = 0.1
DEATH_WITHIN = 20.0

KNOWN = order.KNOWN_POINTS | inventory.KNOWN_POINTS | payment.KNOWN_POINTS


class Customer:
    """Buys, and asks again when nobody answers, until somebody does."""

    def __init__(self, stage: Any, point: str) -> None:
        self.stage = stage
        self.name = point.replace(":", ".")
        self.sku = self.name.upper()
        self.order_id: str = stage.order_id(self.name, "once")

    async def wants(self, cents: int, pieces: int, wallet: int = 0) -> order_pb2.LineRequest:
        """Prepare what is bought: an item at a price that the customer has seen, and money."""
        item = await self.stage.shop.stock(self.sku, 5, f"{cents / 100:.2f} EUR")
        if wallet:
            await self.stage.shop.top_up(self.name, f"{wallet}.00 EUR")
        wanted = line(self.sku, pieces)
        wanted.seen_price.CopyFrom(order_pb2.SeenPrice(unit_price=item.unit_price, version=item.price_version))
        return wanted

    async def places(self, wanted: order_pb2.LineRequest, method: "order_pb2.PaymentMethod.ValueType") -> None:
        """Place the order, whoever dies meanwhile, and see its transaction end."""

        async def once() -> Any:
            return await self.stage.shop.place(self.name, wanted, method, "once")

        async with asyncio.TaskGroup() as group:
            group.create_task(self.persist(once))
            await self.stage.until_final(f"place-{self.order_id}")

    async def pays(self, *, decline: bool = False) -> None:
        """Pay at the provider, or be declined, and see it told."""
        await pay(self.stage.system.addresses, self.order_id, Faults(), decline=decline)

    async def sees(self, *statuses: int) -> int:
        """Wait for a status of the order, or its end."""

        async def once() -> Any:
            return await self.stage.shop.until(self.order_id, *statuses)

        found: int = (await self.persist(once)).status
        return found

    async def settles(self) -> None:
        """Wait for the ends of all transactions that have told anybody of the order."""
        calls = self.stage.branches.calls
        for gid in {call.gid for call in calls if self.order_id.encode() in call.request}:
            await self.stage.until_final(gid)

    async def persist(self, once: Callable[[], Awaitable[Any]]) -> Any:
        """Ask until somebody answers; nobody tells a customer when a service is alive again."""
        while True:
            try:
                return await once()
            except Unreachable:
                await asyncio.sleep(PAUSE)


async def awaiting(customer: Customer) -> set[int]:
    await customer.places(await customer.wants(2000, 2), HOSTED)
    assert await customer.sees(AWAITING) == AWAITING
    return {AWAITING}


async def refused(customer: Customer) -> set[int]:
    await customer.places(await customer.wants(10, 1), HOSTED)
    return {CLOSED}


async def paid(customer: Customer) -> set[int]:
    await awaiting(customer)
    await customer.pays()
    return {PAID}


async def declined(customer: Customer) -> set[int]:
    await awaiting(customer)
    await customer.pays(decline=True)
    return {CLOSED}


async def bought(customer: Customer) -> set[int]:
    await customer.places(await customer.wants(2000, 2, wallet=100), WALLET)
    return {PAID}


async def bought_or_not(customer: Customer) -> set[int]:
    await bought(customer)
    # The try may be cut by the death, and is then undone.
    return {PAID, CLOSED}


async def broke(customer: Customer) -> set[int]:
    await customer.places(await customer.wants(2000, 2, wallet=1), WALLET)
    return {CLOSED}


# By operation: what a customer does to reach its points, and the method that the coordinator then calls again, empty
# where the point is in no call of the coordinator's.
FLOWS: dict[str, tuple[Callable[[Customer], Coroutine[Any, Any, set[int]]], str]] = {
    "order.place": (awaiting, ""),
    "order.create": (awaiting, "Create"),
    "order.await-payment": (awaiting, "AwaitPayment"),
    "order.mark-paid": (paid, "MarkPaid"),
    "order.close": (declined, "Close"),
    "inventory.reserve": (awaiting, "Reserve"),
    "inventory.commit": (paid, "Commit"),
    "inventory.release": (declined, "Release"),
    "payment.open": (awaiting, "Open"),
    "payment.void": (refused, "Void"),
    "payment.freeze": (bought_or_not, ""),
    "payment.capture": (bought, "Capture"),
    "payment.unfreeze": (broke, "Unfreeze"),
    "payment.callback-succeeded": (paid, ""),
    "payment.callback-declined": (declined, ""),
}
# At DTM, whose recovery takes seconds: one of every kind of step, and of every place in it.
AT_DTM = [
    "order.place:after-attempt",
    "order.create:after-commit",
    "order.mark-paid:after-commit",
    "inventory.reserve:before-commit",
    "inventory.reserve:after-commit",
    "payment.open:after-commit",
    "payment.freeze:after-commit",
    "payment.capture:before-commit",
    "payment.callback-succeeded:after-prepare",
    "payment.callback-succeeded:after-commit",
]


@pytest.mark.requirement("crash.every-point-is-survived")
def test_every_crash_point_is_reached_by_a_flow() -> None:
    assert {point.partition(":")[0] for point in KNOWN} == set(FLOWS)
    assert set(AT_DTM) <= KNOWN


@pytest.mark.requirement("crash.every-point-is-survived")
@pytest.mark.integration
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("stage", ["embedded"], indirect=True)
@pytest.mark.parametrize("point", sorted(KNOWN))
async def test_a_service_killed_at_any_crash_point_is_started_again_and_everything_ends_as_it_must(
    stage: Any, point: str
) -> None:
    await survive(stage, point)


@pytest.mark.requirement("crash.every-point-is-survived")
@pytest.mark.integration
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("stage", ["dtm"], indirect=True)
@pytest.mark.parametrize("point", AT_DTM)
async def test_a_service_killed_in_a_transaction_of_dtm_is_started_again_and_everything_ends_as_it_must(
    stage: Any, point: str
) -> None:
    await survive(stage, point)


async def survive(stage: Any, point: str) -> None:
    """Have a service die at a point in a customer's flow, and see that nothing but time was lost."""
    operation = point.partition(":")[0]
    flow, repeated = FLOWS[operation]
    customer = Customer(stage, point)
    child = await stage.restart(operation.partition(".")[0], point)
    async with asyncio.TaskGroup() as group:
        playing = group.create_task(flow(customer))
        async with asyncio.timeout(DEATH_WITHIN):
            assert await child.died() == -signal.SIGKILL
        await stage.restart(child.name)

    await customer.settles()
    assert await customer.sees(*playing.result()) in playing.result()
    await customer.settles()
    if repeated:
        # What the service was doing when it died it was told again.
        assert stage.branches.count(repeated, customer.order_id) >= 2
    await stage.audited()
