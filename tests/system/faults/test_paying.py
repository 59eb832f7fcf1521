"""Paying: from the wallet, within the transaction that places the order, or at the provider, which calls back."""

import asyncio
import json
from collections import Counter
from typing import Any

import pytest

from accord.cli.audit.snapshot import collect
from accord.cli.customer import Faults, checkout, pay
from accord.cli.demo.shop import HOSTED, WALLET, line
from accord.cli.web import call_url
from accord.order.v1 import order_pb2

# At both coordinators, and in the integration run alone: starting a system takes seconds.
pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.integration]

AWAITING = order_pb2.ORDER_STATUS_AWAITING_PAYMENT
PAID = order_pb2.ORDER_STATUS_PAID
CLOSED = order_pb2.ORDER_STATUS_CLOSED
CALLBACKS = 20


async def bought(stage: Any, customer: str, sku: str, *, stock: int, money: str) -> order_pb2.Order:
    """Have a customer buy two pieces at 20 euros from the wallet."""
    await asyncio.gather(stage.shop.stock(sku, stock, "20.00 EUR"), stage.shop.top_up(customer, money))
    order: order_pb2.Order = await stage.shop.place(customer, line(sku, 2), WALLET)
    return order


async def statuses(stage: Any, order_id: str) -> list[str | None]:
    """Return the statuses of the rows in order, inventory and payment; None where there is no row."""
    facts = await collect(stage.system.addresses)
    rows = [kind.get(order_id) for kind in (facts.orders, facts.reservations, facts.payments)]
    return [row and row.status for row in rows]


def outcomes(answers: list[dict[str, Any]]) -> Counter[str]:
    """Count what the shop answered to the provider."""
    assert {answer["status"] for answer in answers} == {200}
    return Counter(json.loads(answer["body"])["outcome"] for answer in answers)


async def second_phase(stage: Any, gid: str, operation: str) -> list[str]:
    """Return the methods that ended a TCC transaction, in the order in which the branches were called.

    The coordinator's own record is no witness on every store: DTM on an SQL store writes it later, in whole seconds.
    """
    known = await stage.until_final(gid)
    owed = {branch["url"].rpartition("/")[2] for branch in known.branches if branch["op"] == operation}
    return [call.method for call in stage.branches.calls if call.gid == gid and call.method in owed]


@pytest.mark.requirement("tcc.confirmed-in-reverse")
async def test_a_wallet_order_is_paid_when_it_is_placed_and_the_customer_is_told_last(stage: Any) -> None:
    order = await bought(stage, "anna", "TEAPOT", stock=5, money="100.00 EUR")

    assert order.status == PAID
    assert await statuses(stage, order.order_id) == ["PAID", "COMMITTED", "SUCCEEDED"]
    assert await second_phase(stage, order.gid, "confirm") == ["Capture", "Commit", "MarkPaid"]
    called = [call.method for call in stage.branches.calls if call.gid == order.gid]
    assert called == ["Create", "Reserve", "Freeze", "Capture", "Commit", "MarkPaid"]
    await stage.audited()


@pytest.mark.requirement("tcc.refused-try-cancels")
async def test_a_wallet_that_is_too_small_undoes_the_order(stage: Any) -> None:
    order = await bought(stage, "bert", "SOFA", stock=5, money="39.99 EUR")

    assert (order.status, order.close_reason) == (CLOSED, "WALLET_TOO_SMALL")
    assert await statuses(stage, order.order_id) == ["CLOSED", "RELEASED", None]
    assert await second_phase(stage, order.gid, "cancel") == ["Unfreeze", "Release", "Close"]
    await stage.audited()


async def test_missing_stock_leaves_the_wallet_alone(stage: Any) -> None:
    order = await bought(stage, "cleo", "CHAIR", stock=1, money="100.00 EUR")

    assert (order.status, order.close_reason) == (CLOSED, "OUT_OF_STOCK")
    assert await statuses(stage, order.order_id) == ["CLOSED", None, None]
    # Nothing was frozen, so there is nothing to give back.
    assert await second_phase(stage, order.gid, "cancel") == ["Release", "Close"]
    await stage.audited()


async def placed(stage: Any, customer: str, sku: str) -> str:
    """Place a hosted order, and return its id."""
    await stage.shop.stock(sku, 5, "20.00 EUR")
    order = await stage.shop.place(customer, line(sku, 2), HOSTED)
    assert order.status == AWAITING
    order_id: str = order.order_id
    return order_id


async def told(stage: Any, order_id: str) -> list[str]:
    """Return what the decision told the others, when all were told."""
    gid = (await collect(stage.system.addresses)).payments[order_id].decided_by
    assert (await stage.until_final(gid)).status == "succeed"
    return [call.method for call in stage.branches.calls if call.gid == gid]


@pytest.mark.requirement("callback.decides-and-tells")
async def test_the_providers_callback_pays_the_order(stage: Any) -> None:
    order_id = await placed(stage, "dora", "MUG")

    assert outcomes(await pay(stage.system.addresses, order_id, Faults())) == {"APPLIED": 1}

    assert await told(stage, order_id) == ["MarkPaid", "Commit"]
    assert await statuses(stage, order_id) == ["PAID", "COMMITTED", "SUCCEEDED"]
    assert (await stage.audited()).refunds_due == []


@pytest.mark.requirement("callback.concurrent-capture-once")
async def test_a_callback_delivered_many_times_at_once_captures_once(stage: Any) -> None:
    order_id = await placed(stage, "emil", "PEN")
    stage.callbacks.hold(CALLBACKS)

    found = outcomes(await pay(stage.system.addresses, order_id, Faults(deliveries=CALLBACKS, concurrently=True)))

    assert stage.callbacks.most == CALLBACKS
    assert found == {"APPLIED": 1, "DUPLICATE": CALLBACKS - 1}
    assert await told(stage, order_id) == ["MarkPaid", "Commit"]
    assert stage.branches.count("MarkPaid", order_id) == 1
    assert await statuses(stage, order_id) == ["PAID", "COMMITTED", "SUCCEEDED"]
    await stage.audited()


@pytest.mark.requirement("audit.refund-due-is-listed")
async def test_money_that_comes_after_a_decline_is_listed_for_refund_and_changes_nothing_else(stage: Any) -> None:
    order_id = await placed(stage, "fritz", "DESK")
    session = await checkout(stage.system.addresses, order_id)
    assert outcomes(await pay(stage.system.addresses, order_id, Faults(), decline=True)) == {"APPLIED": 1}
    assert await told(stage, order_id) == ["Close", "Release"]
    before = len((await stage.audited()).refunds_due)

    # The customer still has the provider's page open, and pays there after all.
    paid = await call_url("provider", "POST", session.url, json={"outcome": "succeed"})
    assert outcomes(paid["answers"]) == {"REFUND_DUE": 1}

    assert await statuses(stage, order_id) == ["CLOSED", "RELEASED", "DECLINED"]
    report = await stage.audited()
    assert (len(report.refunds_due) - before, report.clean) == (1, True)
    assert stage.branches.count("MarkPaid", order_id) == 0
