"""Orders that are cancelled before anybody paid, and money that goes back after somebody did."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import pytest
import pytest_asyncio

from accord.cli.customer import Faults, checkout, pay, pay_at
from accord.cli.demo.shop import HOSTED, WALLET, Shop, line
from accord.cli.errors import CommandError, Refused
from accord.cli.processes.system import System
from accord.cli.web import call
from accord.inventory.v1 import inventory_pb2, inventory_pb2_grpc
from accord.order.v1 import order_pb2
from accord.payment.v1 import payment_pb2, payment_pb2_grpc

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAID = ("PAID", "COMMITTED", "SUCCEEDED")
REFUNDED = ("REFUNDED", "RETURNED", "REFUNDED")
CANCELLED = ("CLOSED", "RELEASED", "CANCELLED")


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def the_audit_is_clean_afterwards(books: Any) -> AsyncIterator[None]:
    yield
    await books.audited()


async def place(system: System, customer: str, sku: str) -> order_pb2.Order:
    shop = Shop(system.addresses)
    await shop.stock(sku, 5, "20.00 EUR")
    return await shop.place(customer, line(sku, 2), HOSTED)


async def place_and_pay(system: System, books: Any, customer: str, sku: str) -> order_pb2.Order:
    order = await place(system, customer, sku)
    await pay(system.addresses, order.order_id, Faults())
    await books.until(order.order_id, *PAID)
    return order


async def provider_will(system: System, refunds: str) -> None:
    """Say how the provider meets the next refunds."""
    await call("provider", system.addresses.provider, "POST", "/v1/behaviour", json={"refunds": refunds})


async def figures(system: System, sku: str) -> tuple[int, int]:
    async with grpc.aio.insecure_channel(system.addresses.inventory) as channel:
        stub = inventory_pb2_grpc.InventoryServiceStub(channel)
        item = (await stub.GetStock(inventory_pb2.GetStockRequest(sku=sku))).item
        return item.on_hand, item.reserved


async def wallet(system: System, customer: str) -> tuple[int, int]:
    async with grpc.aio.insecure_channel(system.addresses.payment) as channel:
        request = payment_pb2.GetWalletRequest(customer_id=customer)
        [balance] = (await payment_pb2_grpc.PaymentServiceStub(channel).GetWallet(request)).balances
        return balance.available.minor, balance.frozen.minor


async def settle(system: System, payment_id: str) -> None:
    async with grpc.aio.insecure_channel(system.addresses.payment) as channel:
        request = payment_pb2.SettleRefundRequest(payment_id=payment_id, note="bank transfer 4711")
        await payment_pb2_grpc.PaymentServiceStub(channel).SettleRefund(request)


async def test_an_order_that_nobody_paid_can_be_cancelled_however_often(system: System, books: Any) -> None:
    order = await place(system, "anna", "TEAPOT")
    shop = Shop(system.addresses)
    for _ in range(2):
        cancelled = await shop.cancel(order.order_id)
        assert (cancelled.status, cancelled.close_reason) == (order_pb2.ORDER_STATUS_CLOSED, "CANCELLED")
    await books.until(order.order_id, *CANCELLED)
    assert await figures(system, "TEAPOT") == (5, 0)
    with pytest.raises(Refused, match="FAILED_PRECONDITION"):
        await shop.refund(order.order_id)


async def test_money_for_a_cancelled_order_goes_back_by_itself(system: System, books: Any) -> None:
    order = await place(system, "bert", "SOFA")
    session = await checkout(system.addresses, order.order_id)
    await Shop(system.addresses).cancel(order.order_id)
    await pay_at(session, Faults())
    await books.until_money(order.payment_id, ("REFUNDED", 4000, 4000))
    await books.until(order.order_id, *CANCELLED)


@pytest.mark.parametrize(("customer", "sku", "behaviour"), [("cleo", "CHAIR", "done"), ("dora", "LAMP", "slow")])
async def test_a_refund_takes_the_goods_in_and_gives_the_money_back_once(
    system: System, books: Any, customer: str, sku: str, behaviour: str
) -> None:
    order = await place_and_pay(system, books, customer, sku)
    shop = Shop(system.addresses)
    with pytest.raises(Refused, match="FAILED_PRECONDITION"):
        await shop.cancel(order.order_id)
    assert await figures(system, sku) == (3, 0)

    await provider_will(system, behaviour)
    answers = await asyncio.gather(*(shop.refund(order.order_id) for _ in range(3)))
    assert {answer.status for answer in answers} <= {
        order_pb2.ORDER_STATUS_REFUNDING,
        order_pb2.ORDER_STATUS_REFUNDED,
    }
    await books.until(order.order_id, *REFUNDED)
    assert await figures(system, sku) == (5, 0)
    assert await books.money(order.payment_id) == [("REFUNDED", 4000, 4000)]
    assert (await shop.refund(order.order_id)).status == order_pb2.ORDER_STATUS_REFUNDED
    await provider_will(system, "done")


async def test_a_refund_that_the_provider_refuses_is_settled_by_an_operator(system: System, books: Any) -> None:
    order = await place_and_pay(system, books, "emil", "TABLE")
    await provider_will(system, "refuse")
    await Shop(system.addresses).refund(order.order_id)
    await books.until(order.order_id, "REFUND_FAILED", "RETURNED", "REFUND_FAILED")
    await provider_will(system, "done")
    assert (await books.audited()).orders_to_settle == [order.order_id]

    for _ in range(2):
        await settle(system, order.payment_id)
    await books.until(order.order_id, *REFUNDED)
    assert await books.money(order.payment_id) == [("SETTLED", 4000, 0)]
    assert (await books.audited()).orders_to_settle == []


async def test_money_for_a_closed_order_that_the_provider_keeps_is_settled_too(system: System, books: Any) -> None:
    order = await place(system, "frida", "STOOL")
    session = await checkout(system.addresses, order.order_id)
    await Shop(system.addresses).cancel(order.order_id)
    await provider_will(system, "refuse")
    await pay_at(session, Faults())
    await books.until_money(order.payment_id, ("REFUND_FAILED", 4000, 0))
    await provider_will(system, "done")
    assert (await books.audited()).orders_to_settle == [order.order_id]

    await settle(system, order.payment_id)
    await books.until_money(order.payment_id, ("SETTLED", 4000, 0))
    assert await books.statuses(order.order_id) == CANCELLED


async def test_a_refund_to_the_wallet_needs_no_provider(system: System, books: Any) -> None:
    shop = Shop(system.addresses)
    await asyncio.gather(shop.stock("VASE", 5, "20.00 EUR"), shop.top_up("gina", "100.00 EUR"))
    order = await shop.place("gina", line("VASE", 2), WALLET)
    await books.until(order.order_id, *PAID)
    assert await wallet(system, "gina") == (6000, 0)
    await shop.refund(order.order_id)
    await books.until(order.order_id, *REFUNDED)
    assert await wallet(system, "gina") == (10000, 0)
    assert await figures(system, "VASE") == (5, 0)


# The coordinator waits ten seconds for a Submit before it asks.
@pytest.mark.integration
async def test_a_refund_that_was_decided_is_told_although_payment_died_before_it_said_so(
    system: System, books: Any
) -> None:
    order = await place_and_pay(system, books, "hugo", "RADIO")
    payment = system.children["payment"]
    await payment.stop()
    await payment.start(sys.executable, ACCORD_CRASH_AT="payment.refund-started:after-commit")
    dying = asyncio.ensure_future(payment.died())
    async with asyncio.timeout(30):
        # More than once, if the order service has not found the new process yet.
        while not dying.done():
            with pytest.raises(CommandError):
                await Shop(system.addresses).refund(order.order_id)
            await asyncio.wait([dying], timeout=0.2)
    assert dying.result() == -signal.SIGKILL
    await payment.start(sys.executable, ACCORD_PAYMENT_POLL="0.1")
    await books.until(order.order_id, *REFUNDED)
    assert await figures(system, "RADIO") == (5, 0)
