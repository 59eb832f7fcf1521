"""Quoting at inventory's public listener."""

from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
import pytest

from accord.inventory.v1 import inventory_pb2
from accord.money.v1 import money_pb2
from accord.ports.errors import DependencyUnavailable
from accord.ports.money import Money
from accord.services.order.domain.errors import UnknownItem
from accord.services.order.domain.price_list import Price
from accord.services.order.infrastructure.client.inventory import InventoryPriceList


@pytest.fixture
async def price_list(refusal: grpc.StatusCode | None) -> AsyncIterator[InventoryPriceList]:
    async def quote(request: inventory_pb2.QuoteRequest, context: Any) -> inventory_pb2.QuoteResponse:
        if refusal is not None:
            await context.abort(refusal, f"because of {request.skus[0]}")
        price = money_pb2.Money(minor=450, currency="EUR")
        return inventory_pb2.QuoteResponse(
            prices=[inventory_pb2.Price(sku=sku, unit_price=price, version=7) for sku in request.skus]
        )

    handler = grpc.unary_unary_rpc_method_handler(
        quote,
        request_deserializer=inventory_pb2.QuoteRequest.FromString,
        response_serializer=inventory_pb2.QuoteResponse.SerializeToString,
    )
    server = grpc.aio.server()
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler("accord.inventory.v1.InventoryService", {"Quote": handler})]
    )
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield InventoryPriceList(channel)
    await server.stop(None)


@pytest.mark.parametrize("refusal", [None])
async def test_each_sku_is_quoted_with_its_price_and_version(price_list: InventoryPriceList) -> None:
    price = Price(Money(450, "EUR"), 7)
    assert await price_list.quote(["TEA", "CUP"]) == {"TEA": price, "CUP": price}


@pytest.mark.parametrize(
    ("refusal", "error"),
    [(grpc.StatusCode.NOT_FOUND, UnknownItem), (grpc.StatusCode.UNAVAILABLE, DependencyUnavailable)],
)
async def test_a_refusal_is_raised_in_inventorys_own_words(
    price_list: InventoryPriceList, error: type[Exception]
) -> None:
    with pytest.raises(error, match="because of TEA"):
        await price_list.quote(["TEA"])
