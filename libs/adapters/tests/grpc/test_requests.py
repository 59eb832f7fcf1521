"""What a client sends is judged before the handler sees it."""

from typing import Any

import pytest
from grpc import StatusCode

from accord.inventory.v1 import inventory_pb2
from accord.money.v1.money_pb2 import Money
from accord.order.v1 import order_pb2

QUOTE = "/accord.inventory.v1.InventoryService/Quote"
WATCH = "/accord.order.v1.OrderService/WatchOrder"
UNDECODABLE = b"\xff"


@pytest.mark.requirement("branch.undecodable-refused")
async def test_bytes_that_are_no_request_are_the_clients_fault(running: Any, failure: Any) -> None:
    answer = await failure(running.channel.unary_unary(QUOTE)(UNDECODABLE))

    assert (answer.code, answer.info.reason, answer.info.domain) == (
        StatusCode.INVALID_ARGUMENT,
        "UNDECODABLE",
        "accord",
    )


async def test_bytes_that_are_no_request_are_the_clients_fault_on_a_stream_too(running: Any, failure: Any) -> None:
    answer = await failure(running.channel.unary_stream(WATCH)(UNDECODABLE).read())

    assert (answer.code, answer.info.reason) == (StatusCode.INVALID_ARGUMENT, "UNDECODABLE")


@pytest.mark.requirement("branch.undecodable-refused")
async def test_bytes_that_are_no_request_are_the_callers_fault_on_the_branch_listener(
    running: Any, failure: Any, dtm_metadata: Any
) -> None:
    reserve = running.branch_channel.unary_unary("/accord.inventory.v1.InventoryBranchService/Reserve")
    answer = await failure(reserve(UNDECODABLE, metadata=dtm_metadata()))

    assert (answer.code, answer.info.reason) == (StatusCode.INVALID_ARGUMENT, "UNDECODABLE")
    assert running.branches.calls == []


async def test_each_field_that_breaks_a_rule_is_named(running: Any, failure: Any) -> None:
    request = inventory_pb2.AdjustStockRequest(sku="a b", by=0, idempotency_key="k")
    answer = await failure(running.stock.AdjustStock(request))

    assert (answer.code, answer.info.reason) == (StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST")
    assert answer.fields.keys() == {"sku", "by"}
    assert answer.fields["by"] == "0 moves nothing"
    assert "by: 0 moves nothing" in answer.message


async def test_a_field_within_a_list_is_named_by_its_place(running: Any, failure: Any) -> None:
    answer = await failure(running.stock.Quote(inventory_pb2.QuoteRequest(skus=["A", "b"])))

    assert answer.fields.keys() == {"skus[1]"}


async def test_a_field_within_a_message_is_named_by_its_path(running: Any, failure: Any) -> None:
    request = inventory_pb2.PutItemRequest(sku="A", name="a", unit_price=Money(minor=-1, currency="EUR"))
    answer = await failure(running.stock.PutItem(request))

    assert answer.fields.keys() == {"unit_price.minor"}


async def test_a_stream_is_not_begun_for_a_request_that_breaks_a_rule(running: Any, failure: Any) -> None:
    answer = await failure(running.watch(order_pb2.WatchOrderRequest(order_id="no uuid")).read())

    assert answer.fields.keys() == {"order_id"}
    assert not running.orders.ended.is_set()


@pytest.mark.parametrize("faults", [60, 3000])
async def test_a_request_full_of_faults_gets_an_answer_that_fits_into_trailers(
    running: Any, failure: Any, faults: Any
) -> None:
    request = inventory_pb2.QuoteRequest(skus=[f"\N{SNOWMAN}{n:010}" for n in range(faults)])
    answer = await failure(running.stock.Quote(request))

    assert answer.code is StatusCode.INVALID_ARGUMENT
    assert 1 <= len(answer.fields) < 60


async def test_a_valid_request_reaches_its_handler(running: Any) -> None:
    reply = await running.stock.Quote(inventory_pb2.QuoteRequest(skus=["A"]))

    assert [price.sku for price in reply.prices] == ["A"]
