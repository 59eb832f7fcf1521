"""Prices, as inventory quotes them."""

from collections.abc import Mapping, Sequence

import grpc.aio

from accord.inventory.v1 import inventory_pb2, inventory_pb2_grpc
from accord.ports.errors import DependencyUnavailable
from accord.ports.money import Money
from accord.services.order.domain.errors import UnknownItem
from accord.services.order.domain.price_list import Price

INVENTORY = "accord.inventory.v1.InventoryService"
_WITHIN = 3.0


class InventoryPriceList:
    """Implements accord.services.order.domain.price_list.PriceList over a channel to inventory's public listener."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub: inventory_pb2_grpc.InventoryServiceAsyncStub = inventory_pb2_grpc.InventoryServiceStub(channel)

    async def quote(self, skus: Sequence[str]) -> Mapping[str, Price]:
        """Return a price for each sku; raises UnknownItem in inventory's own words, which name it."""
        try:
            response = await self._stub.Quote(inventory_pb2.QuoteRequest(skus=skus), timeout=_WITHIN)
        except grpc.aio.AioRpcError as error:
            detail = error.details() or error.code().name
            if error.code() is grpc.StatusCode.NOT_FOUND:
                raise UnknownItem(detail) from error
            raise DependencyUnavailable("inventory", detail) from error
        return {
            price.sku: Price(Money(price.unit_price.minor, price.unit_price.currency), price.version)
            for price in response.prices
        }
