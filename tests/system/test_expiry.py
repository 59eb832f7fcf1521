"""Nobody pays in time, or nobody says so in time: the window's end, and what comes after it."""

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from accord.cli.audit.snapshot import collect
from accord.cli.coordinator import transaction
from accord.cli.customer import Faults, checkout, pay, pay_at
from accord.cli.demo.shop import HOSTED, Shop, line
from accord.cli.processes.system import System
from accord.order.v1 import order_pb2

pytestmark = pytest.mark.asyncio(loop_scope="module")

EXPIRED = ("CLOSED", "RELEASED", "EXPIRED")
# Long enough to pay in, on a busy machine too.
SHORT = {"ACCORD_PAYMENT_WINDOW": "1.5", "ACCORD_PAYMENT_POLL": "0.1"}
ENVIRONMENT = {"payment": SHORT}


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def the_audit_is_clean_afterwards(books: Any) -> AsyncIterator[None]:
    yield
    await books.audited()


async def place(system: System, customer: str, sku: str) -> order_pb2.Order:
    shop = Shop(system.addresses)
    await shop.stock(sku, 5, "20.00 EUR")
    return await shop.place(customer, line(sku, 2), HOSTED)


async def calls_of(system: System, order_id: str) -> list[str]:
    """Return the methods that were called to tell the decision on an order's payment."""
    facts = await collect(system.addresses)
    known = await transaction(system.addresses.coordinator_http, facts.payments[order_id].decided_by)
    assert known is not None
    assert known.mode == "msg"
    return [branch["url"].rpartition("/")[2] for branch in known.branches if branch["op"] == "action"]


async def test_an_order_that_nobody_pays_is_closed_and_money_that_comes_later_goes_back_by_itself(
    system: System, books: Any
) -> None:
    order = await place(system, "anna", "TEAPOT")
    session = await checkout(system.addresses, order.order_id)
    await books.until(order.order_id, *EXPIRED)
    assert (await Shop(system.addresses).until(order.order_id)).close_reason == "PAYMENT_EXPIRED"
    assert await calls_of(system, order.order_id) == ["Close", "Release"]
    item = await Shop(system.addresses).stock("TEAPOT", 1, "20.00 EUR")
    assert (item.on_hand, item.reserved) == (6, 0)

    [answer] = await pay_at(session, Faults())
    assert answer["status"] == 200
    await books.until_money(order.payment_id, ("REFUNDED", 4000, 4000))
    assert await books.statuses(order.order_id) == EXPIRED


async def test_a_window_ends_although_the_service_that_opened_it_died(system: System, books: Any) -> None:
    order = await place(system, "bert", "LAMP")
    system.children["payment"].kill()
    await system.children["payment"].died()
    await system.children["payment"].start(sys.executable, **SHORT)
    await books.until(order.order_id, *EXPIRED)


async def test_the_providers_book_is_asked_first_and_nothing_expires_until_it_answers(
    system: System, books: Any
) -> None:
    order = await place(system, "cleo", "CHAIR")
    assert await pay(system.addresses, order.order_id, Faults(lose=True)) == []
    await system.children["sandbox"].stop()
    await told_to_wait(system, order.payment_id)
    [unchanged] = await Shop(system.addresses).orders_of("cleo")
    assert unchanged.status == order_pb2.ORDER_STATUS_AWAITING_PAYMENT

    await system.restart("sandbox")
    await books.until(order.order_id, "PAID", "COMMITTED", "SUCCEEDED")
    assert await books.money(order.payment_id) == [("APPLIED", 4000, 0)]


async def told_to_wait(system: System, payment_id: str) -> None:
    """Wait until payment has found the window over, and nobody to ask about it."""
    words = f"payment {payment_id} is due, and left for the next round"
    async with asyncio.timeout(30):
        while True:
            if words in system.children["payment"].log.read_text("utf-8", "replace"):
                return
            await asyncio.sleep(0.05)
