"""Placing an order: attempted before it is sent, and answered by how the order stands."""

import dataclasses
from typing import Any

import pytest

from accord.adapters.dtm.errors import InvalidCommand
from accord.ports.flow import FrozenFlow, Saga, Tcc
from accord.ports.money import Money
from accord.ports.transactions import RolledBack
from accord.services.order.application.commands import AwaitPayment, CreateOrder, FreezeFunds, OpenPayment, ReserveStock
from accord.services.order.domain.errors import InvalidOrder, OrderNotFound, UnknownItem
from accord.services.order.domain.order import OrderStatus, PaymentMethod
from accord.services.order.domain.order_request import LineRequest
from accord.services.order.domain.price_list import Price
from accord.services.order.infrastructure.client.routes import ROUTES


async def test_a_hosted_order_is_placed_by_a_saga_of_four_steps_at_the_quoted_prices(placing: Any) -> None:
    placing.transactions.meanwhile = placing.create_row
    order = await placing.place(placing.request)
    (flow,) = placing.transactions.flows
    assert isinstance(flow, Saga)
    create, reserve, opening, waiting = flow.steps
    assert (flow.name, flow.gid) == ("place-hosted", f"place-{placing.request.order_id}")
    assert isinstance(create, CreateOrder)
    assert reserve == ReserveStock(order.order_id, order.lines)
    assert opening == OpenPayment(order.payment_id, order.order_id, "carla", Money(2 * 401 + 1001, "EUR"))
    assert waiting == AwaitPayment(order.order_id)
    assert (order.total, order.status, order.gid) == (opening.amount, OrderStatus.CREATED, flow.gid)


async def test_a_wallet_order_is_placed_by_tcc_so_that_it_is_marked_paid_last(placing: Any) -> None:
    order = await placing.place(dataclasses.replace(placing.request, payment_method=PaymentMethod.WALLET))
    (flow,) = placing.transactions.flows
    assert isinstance(flow, Tcc)
    assert [type(command) for command in flow.branches] == [CreateOrder, ReserveStock, FreezeFunds]
    assert flow.branches[2] == FreezeFunds(order.payment_id, order.order_id, "carla", order.total)
    assert ROUTES[CreateOrder].confirm == "MarkPaid"


@pytest.mark.requirement("placing.attempt-before-send")
async def test_the_attempt_is_committed_before_anything_is_sent(placing: Any) -> None:
    seen: list[FrozenFlow] = []

    async def look(flow: FrozenFlow) -> None:
        attempt = await placing.journal.attempt(placing.request)
        assert attempt is not None
        seen.append(attempt.flow)

    placing.transactions.meanwhile = look
    await placing.place(placing.request)
    assert seen == placing.transactions.ran != []


async def test_a_refused_order_is_closed_with_the_reason_that_no_undo_is_told(placing: Any) -> None:
    placing.transactions.script = [RolledBack("OUT_OF_STOCK")]
    placing.transactions.meanwhile = placing.create_and_close_row
    order = await placing.place(placing.request)
    assert (order.status, order.close_reason) == (OrderStatus.CLOSED, "OUT_OF_STOCK")
    assert await placing.place(placing.request) == order


@pytest.mark.requirement("placing.reason-is-kept")
async def test_an_order_refused_before_it_had_a_row_is_shown_by_its_attempt(placing: Any) -> None:
    placing.transactions.script = [RolledBack("TOO_MANY_UNPAID_ORDERS")]
    order = await placing.place(placing.request)
    assert (order.status, order.close_reason) == (OrderStatus.CLOSED, "TOO_MANY_UNPAID_ORDERS")
    assert order.total == Money(2 * 401 + 1001, "EUR")
    assert [line.sku for line in order.lines] == ["TEA", "CUP"]
    assert await placing.place(placing.request) == order
    assert len(placing.transactions.ran) == 1


@pytest.mark.requirement("placing.seen-price-holds")
async def test_a_seen_price_is_not_quoted(placing: Any) -> None:
    seen = Price(Money(5, "EUR"), 7)
    lines = (LineRequest("TEA", 1, seen), LineRequest("CUP", 1))
    await placing.place(dataclasses.replace(placing.request, lines=lines))
    assert placing.prices.quotes == [("CUP",)]
    await placing.place(dataclasses.replace(placing.request, lines=lines[:1], idempotency_key="key-2"))
    assert placing.prices.quotes == [("CUP",)]


@pytest.mark.requirement("placing.unplaceable-is-not-stored")
@pytest.mark.parametrize(
    ("lines", "currency", "error"),
    [
        ((LineRequest("NOTHING", 1),), "EUR", UnknownItem),
        ((LineRequest("TEA", 2), LineRequest("CUP", 1)), "USD", InvalidOrder),
        ((LineRequest("TEA", 1, Price(Money(10**12 + 1, "EUR"), 1)),), "EUR", InvalidOrder),
        ((LineRequest("not an sku", 1, Price(Money(1, "EUR"), 1)),), "EUR", InvalidCommand),
    ],
)
async def test_what_can_never_be_placed_is_refused_before_anything_is_stored_or_sent(
    placing: Any, lines: tuple[LineRequest, ...], currency: str, error: type[Exception]
) -> None:
    placing.prices.currency_of_cup = currency
    with pytest.raises(error):
        await placing.place(dataclasses.replace(placing.request, lines=lines))
    assert await placing.journal.attempt(placing.request) is None
    assert placing.transactions.ran == []
    with pytest.raises(OrderNotFound):
        await placing.journal.order(placing.request.order_id)
