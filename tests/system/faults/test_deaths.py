"""A service is killed at each of its crash points in turn; whatever was under way ends as it must."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from accord.cli.calls import DEADLINE, channel_to
from accord.cli.customer import Faults, pay
from accord.cli.demo.shop import HOSTED, WALLET, line
from accord.cli.errors import Unreachable
from accord.cli.web import call
from accord.order.v1 import order_pb2
from accord.payment.v1 import payment_pb2, payment_pb2_grpc
from accord.services.inventory import bootstrap as inventory
from accord.services.order import bootstrap as order
from accord.services.payment import bootstrap as payment

AWAITING = order_pb2.ORDER_STATUS_AWAITING_PAYMENT
PAID = order_pb2.ORDER_STATUS_PAID
CLOSED = order_pb2.ORDER_STATUS_CLOSED
REFUNDED = order_pb2.ORDER_STATUS_REFUNDED
REFUND_FAILED = order_pb2.ORDER_STATUS_REFUND_FAILED

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
        """Wait for one of the order's statuses."""

        async def once() -> Any:
            return await self.stage.shop.until(self.order_id, *statuses)

        async with asyncio.timeout(DEADLINE):
            found: int = (await self.persist(once)).status
            while found not in statuses:
                found = (await self.persist(once)).status
        return found

    async def cancels(self) -> None:
        """Cancel the order before it is paid."""
        await self.persist(lambda: self.stage.shop.cancel(self.order_id))

    async def wants_the_money_back(self) -> None:
        """Have the paid order refunded."""
        await self.persist(lambda: self.stage.shop.refund(self.order_id))

    async def all_is_told(self) -> None:
        """Wait for the ends of all transactions that have told anybody of the order."""
        made = self.stage.branches.calls
        for gid in {one.gid for one in made if self.order_id.encode() in one.request}:
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


async def cancelled(customer: Customer) -> set[int]:
    await awaiting(customer)
    await customer.cancels()
    return {CLOSED}


async def expired(customer: Customer) -> set[int]:
    await customer.places(await customer.wants(2000, 2), HOSTED)
    assert await customer.sees(CLOSED) == CLOSED
    return {CLOSED}


async def refunded(customer: Customer) -> set[int]:
    await paid(customer)
    await customer.sees(PAID)
    await customer.wants_the_money_back()
    return {REFUNDED}


async def refund_refused(customer: Customer) -> set[int]:
    provider = customer.stage.system.addresses.provider
    await call("provider", provider, "POST", "/v1/behaviour", json={"refunds": "refuse"})
    try:
        await refunded(customer)
        await customer.sees(REFUND_FAILED)
    finally:
        await call("provider", provider, "POST", "/v1/behaviour", json={"refunds": "done"})
    return {REFUND_FAILED}


async def settled(customer: Customer) -> set[int]:
    await refund_refused(customer)
    target = customer.stage.system.addresses.payment

    async def once() -> None:
        async with channel_to("payment", target) as channel:
            desk = payment_pb2_grpc.PaymentServiceStub(channel)
            by_order = payment_pb2.GetPaymentRequest(order_id=customer.order_id)
            found = (await desk.GetPayment(by_order, timeout=DEADLINE)).payment
            if found.status != payment_pb2.PAYMENT_STATUS_REFUNDED:
                request = payment_pb2.SettleRefundRequest(payment_id=found.payment_id, note="by bank transfer")
                await desk.SettleRefund(request, timeout=DEADLINE)

    await customer.persist(once)
    return {REFUNDED}


# By operation: what a customer does to reach its points, and the method that the coordinator then calls again, empty
# where the point is in no call of the coordinator's.
FLOWS: dict[str, tuple[Callable[[Customer], Coroutine[Any, Any, set[int]]], str]] = {
    "order.place": (awaiting, ""),
    "order.create": (awaiting, "Create"),
    "order.await-payment": (awaiting, "AwaitPayment"),
    "order.mark-paid": (paid, "MarkPaid"),
    "order.close": (declined, "Close"),
    "order.mark-refunding": (refunded, "MarkRefunding"),
    "order.mark-refunded": (refunded, "MarkRefunded"),
    "order.mark-refund-failed": (refund_refused, "MarkRefundFailed"),
    "inventory.reserve": (awaiting, "Reserve"),
    "inventory.commit": (paid, "Commit"),
    "inventory.release": (declined, "Release"),
    "inventory.restock": (refunded, "Restock"),
    "payment.open": (awaiting, "Open"),
    "payment.void": (refused, "Void"),
    "payment.freeze": (bought_or_not, ""),
    "payment.capture": (bought, "Capture"),
    "payment.unfreeze": (broke, "Unfreeze"),
    "payment.callback-succeeded": (paid, ""),
    "payment.callback-declined": (declined, ""),
    "payment.payment-cancelled": (cancelled, ""),
    "payment.payment-expired": (expired, ""),
    "payment.refund-started": (refunded, ""),
    "payment.refund-finished": (refunded, ""),
    "payment.refund-failed": (refund_refused, ""),
    "payment.refund-settled": (settled, ""),
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
    window = {"ACCORD_PAYMENT_WINDOW": "1"} if flow is expired else {}
    child = await stage.restart(operation.partition(".")[0], point, **window)
    async with asyncio.TaskGroup() as group:
        playing = group.create_task(flow(customer))
        async with asyncio.timeout(DEATH_WITHIN):
            assert await child.died() == -signal.SIGKILL
        await stage.restart(child.name)

    await customer.all_is_told()
    assert await customer.sees(*playing.result()) in playing.result()
    await customer.all_is_told()
    if repeated:
        # What the service was doing when it died it was told again.
        assert stage.branches.count(repeated, customer.order_id) >= 2
    # What was decided and not yet told when the service died is told when the coordinator has asked.
    await stage.until_all_are_final()
    await stage.audited()
