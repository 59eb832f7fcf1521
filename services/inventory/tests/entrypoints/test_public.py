"""What shops and operators meet."""

from typing import Any

import grpc
import pytest
from google.protobuf.message import Message

from accord.inventory.v1 import inventory_pb2 as pb
from accord.money.v1.money_pb2 import Money


async def test_an_item_is_offered_delivered_quoted_and_shown(running: Any) -> None:
    await running.put("TEA", minor=450)
    item = await running.put("TEA", minor=475, on_hand=10)
    price = Money(minor=475, currency="EUR")
    assert item == pb.StockItem(sku="TEA", name="Tea", unit_price=price, price_version=2, on_hand=10)
    assert (await running.stock.GetStock(pb.GetStockRequest(sku="TEA"))).item == item
    quote = await running.stock.Quote(pb.QuoteRequest(skus=["TEA"]))
    assert list(quote.prices) == [pb.Price(sku="TEA", unit_price=price, version=2)]


async def test_items_are_listed_in_pages_by_sku(running: Any) -> None:
    for sku in ("TEA", "CUP", "POT"):
        await running.put(sku)
    first = await running.stock.ListStock(pb.ListStockRequest(page_size=2))
    second = await running.stock.ListStock(pb.ListStockRequest(page_size=2, page_token=first.next_page_token))
    everything = await running.stock.ListStock(pb.ListStockRequest())
    assert [item.sku for item in (*first.items, *second.items)] == ["CUP", "POT", "TEA"]
    assert [item.sku for item in everything.items] == ["CUP", "POT", "TEA"]
    assert (second.next_page_token, everything.next_page_token) == ("", "")


@pytest.mark.parametrize(
    ("method", "request_message", "code", "reason"),
    [
        ("GetStock", pb.GetStockRequest(sku="POT"), grpc.StatusCode.NOT_FOUND, "ITEM_NOT_FOUND"),
        ("Quote", pb.QuoteRequest(skus=["TEA", "POT"]), grpc.StatusCode.NOT_FOUND, "ITEM_NOT_FOUND"),
        (
            "AdjustStock",
            pb.AdjustStockRequest(sku="POT", by=1, idempotency_key="k"),
            grpc.StatusCode.NOT_FOUND,
            "ITEM_NOT_FOUND",
        ),
        (
            "AdjustStock",
            pb.AdjustStockRequest(sku="TEA", by=-11, idempotency_key="k"),
            grpc.StatusCode.FAILED_PRECONDITION,
            "NOT_ENOUGH_STOCK",
        ),
        (
            "AdjustStock",
            pb.AdjustStockRequest(sku="TEA", by=1, idempotency_key="delivery-of-TEA"),
            grpc.StatusCode.ALREADY_EXISTS,
            "IDEMPOTENCY_KEY_REUSED",
        ),
        ("ListStock", pb.ListStockRequest(page_token="*"), grpc.StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"),
        ("ListStock", pb.ListStockRequest(page_token="é"), grpc.StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"),
        ("ListStock", pb.ListStockRequest(page_token="_w=="), grpc.StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"),
        ("Quote", pb.QuoteRequest(skus=["TEA", "TEA"]), grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST"),
        ("PutItem", pb.PutItemRequest(sku="TEA", name="Tea"), grpc.StatusCode.INVALID_ARGUMENT, "INVALID_REQUEST"),
    ],
)
async def test_a_no_has_the_status_and_the_reason_that_programs_can_tell_apart(
    running: Any, method: str, request_message: Message, code: grpc.StatusCode, reason: str
) -> None:
    await running.put("TEA", on_hand=10)
    assert await running.refusal(method, request_message) == (code, reason)
    assert await running.figures("TEA") == (10, 0)
