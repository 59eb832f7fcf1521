"""Calls that are lost, doubled, late or out of order: each branch has one effect, or none that stays."""

import asyncio
from typing import Any

import grpc
import pytest

from accord.cli.customer import Faults, pay
from accord.cli.demo.shop import HOSTED, WALLET, line
from accord.inventory.v1 import inventory_pb2, inventory_pb2_grpc
from accord.order.v1 import order_pb2
from accord.payment.v1 import payment_pb2, payment_pb2_grpc
from dtm_client.testing.faults import Stuck, doubled, reply_lost

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Each test has a customer of its own.
KEY = "once"
AWAITING = order_pb2.ORDER_STATUS_AWAITING_PAYMENT
PAID = order_pb2.ORDER_STATUS_PAID
CLOSED = order_pb2.ORDER_STATUS_CLOSED


async def figures(stage: Any, sku: str) -> tuple[int, int]:
    async with grpc.aio.insecure_channel(stage.system.addresses.inventory) as channel:
        request = inventory_pb2.GetStockRequest(sku=sku)
        item = (await inventory_pb2_grpc.InventoryServiceStub(channel).GetStock(request)).item
        return item.on_hand, item.reserved


async def balance(stage: Any, customer: str) -> tuple[int, int]:
    async with grpc.aio.insecure_channel(stage.system.addresses.payment) as channel:
        request = payment_pb2.GetWalletRequest(customer_id=customer)
        [found] = (await payment_pb2_grpc.PaymentServiceStub(channel).GetWallet(request)).balances
        return found.available.minor, found.frozen.minor


@pytest.mark.requirement("barrier.duplicate-has-one-effect")
async def test_an_action_whose_reply_was_lost_is_called_again_and_has_one_effect(stage: Any) -> None:
    await stage.shop.stock("KETTLE", 5, "20.00 EUR")
    order_id = stage.order_id("anna", KEY)
    stage.branches.spoil("Reserve", order_id, reply_lost)

    order = await stage.placed("anna", line("KETTLE", 2), HOSTED, KEY)

    assert (order.order_id, order.status) == (order_id, AWAITING)
    assert stage.branches.count("Reserve", order_id) >= 2
    assert await figures(stage, "KETTLE") == (5, 2)
    await stage.audited()


@pytest.mark.requirement("barrier.duplicate-has-one-effect")
async def test_a_confirmation_whose_reply_was_lost_is_called_again_and_has_one_effect(stage: Any) -> None:
    await asyncio.gather(stage.shop.stock("LAMP", 5, "20.00 EUR"), stage.shop.top_up("bert", "50.00 EUR"))
    order_id = stage.order_id("bert", KEY)
    stage.branches.spoil("Capture", order_id, reply_lost)

    order = await stage.placed("bert", line("LAMP", 2), WALLET, KEY)

    assert order.status == PAID
    assert stage.branches.count("Capture", order_id) >= 2
    assert (await figures(stage, "LAMP"), await balance(stage, "bert")) == ((3, 0), (1000, 0))
    await stage.audited()


@pytest.mark.requirement("barrier.duplicate-has-one-effect")
async def test_an_undo_whose_reply_was_lost_is_called_again_and_has_one_effect(stage: Any) -> None:
    await asyncio.gather(stage.shop.stock("SOFA", 5, "20.00 EUR"), stage.shop.top_up("cleo", "1.00 EUR"))
    order_id = stage.order_id("cleo", KEY)
    stage.branches.spoil("Release", order_id, reply_lost)

    order = await stage.placed("cleo", line("SOFA", 2), WALLET, KEY)

    assert (order.status, order.close_reason) == (CLOSED, "WALLET_TOO_SMALL")
    assert stage.branches.count("Release", order_id) >= 2
    assert (await figures(stage, "SOFA"), await balance(stage, "cleo")) == ((5, 0), (100, 0))
    await stage.audited()


@pytest.mark.requirement("message.steps-are-repeated")
async def test_what_a_decision_tells_is_told_again_when_the_reply_was_lost(stage: Any) -> None:
    await stage.shop.stock("MUG", 5, "20.00 EUR")
    order = await stage.shop.place("dora", line("MUG", 2), HOSTED)
    stage.branches.spoil("MarkPaid", order.order_id, reply_lost)

    await pay(stage.system.addresses, order.order_id, Faults())
    await stage.branches.until("MarkPaid", order.order_id, 1)
    # Commit is told only when MarkPaid was answered.
    assert (await stage.until_final(stage.branches.gid("MarkPaid", order.order_id))).status == "succeed"

    assert stage.branches.count("MarkPaid", order.order_id) >= 2
    assert await figures(stage, "MUG") == (3, 0)
    await stage.audited()


@pytest.mark.requirement("barrier.concurrent-calls-run-once")
@pytest.mark.parametrize("method", ["Create", "Reserve", "Open", "AwaitPayment"])
async def test_an_action_called_twice_at_the_same_time_has_one_effect(stage: Any, method: str) -> None:
    await stage.shop.stock(f"{method.upper()}-2", 5, "20.00 EUR")
    key = f"once-{method}"
    order_id = stage.order_id("emil", key)
    stage.branches.spoil(method, order_id, doubled)

    order = await stage.shop.place("emil", line(f"{method.upper()}-2", 2), HOSTED, key)

    assert order.status == AWAITING
    assert stage.branches.most_at_once(method, order_id) == 2
    assert await figures(stage, f"{method.upper()}-2") == (5, 2)
    await stage.audited()


@pytest.mark.requirement("barrier.concurrent-calls-run-once")
@pytest.mark.parametrize("method", ["Freeze", "Capture", "Commit", "MarkPaid"])
async def test_a_try_or_confirmation_called_twice_at_the_same_time_has_one_effect(stage: Any, method: str) -> None:
    sku, customer = f"{method.upper()}-2", f"twice-{method}"
    await asyncio.gather(stage.shop.stock(sku, 5, "20.00 EUR"), stage.shop.top_up(customer, "50.00 EUR"))
    order_id = stage.order_id(customer, KEY)
    stage.branches.spoil(method, order_id, doubled)

    order = await stage.shop.place(customer, line(sku, 2), WALLET, KEY)

    assert order.status == PAID
    assert stage.branches.most_at_once(method, order_id) == 2
    assert (await figures(stage, sku), await balance(stage, customer)) == ((3, 0), (1000, 0))
    await stage.audited()


@pytest.mark.requirement("barrier.late-call-refused")
async def test_a_try_that_arrives_after_its_cancellation_is_refused(stage: Any) -> None:
    await asyncio.gather(stage.shop.stock("RADIO", 5, "20.00 EUR"), stage.shop.top_up("fritz", "50.00 EUR"))
    order_id = stage.order_id("fritz", KEY)
    late = Stuck(grpc.StatusCode.UNKNOWN)
    stage.branches.spoil("Freeze", order_id, late)

    order = await stage.shop.place("fritz", line("RADIO", 2), WALLET, KEY)
    assert (await stage.until_final(order.gid)).status == "failed"
    assert order.status == CLOSED
    assert stage.branches.count("Unfreeze", order_id) == 1
    await stage.audited()

    assert await late.deliver() is grpc.StatusCode.ABORTED
    assert (await figures(stage, "RADIO"), await balance(stage, "fritz")) == ((5, 0), (5000, 0))
    await stage.audited()


@pytest.mark.integration
async def test_an_action_that_takes_longer_than_the_coordinator_waits_may_arrive_late(stage: Any) -> None:
    await stage.shop.stock("CLOCK", 5, "20.00 EUR")
    order_id = stage.order_id("gustav", KEY)
    slow = Stuck()
    stage.branches.spoil("Reserve", order_id, slow)

    placing = asyncio.ensure_future(stage.shop.place("gustav", line("CLOCK", 2), HOSTED, KEY))
    await slow.arrived.wait()
    # Its deadline over, the coordinator calls it again, and that call is the one that counts.
    assert (await stage.until_final(f"place-{order_id}")).status == "succeed"
    placing.cancel()
    assert stage.branches.count("Reserve", order_id) >= 2
    assert await figures(stage, "CLOCK") == (5, 2)

    assert await slow.deliver() is grpc.StatusCode.OK
    assert await figures(stage, "CLOCK") == (5, 2)
    await stage.audited()
