"""What shops and operators call."""

from dataclasses import dataclass

from accord.inventory.v1 import inventory_pb2, inventory_pb2_grpc
from accord.ports.clock import Clock
from accord.services.inventory.application.adjust_stock import adjust_stock
from accord.services.inventory.application.get_stock import get_stock
from accord.services.inventory.application.list_stock import list_stock
from accord.services.inventory.application.put_item import put_item
from accord.services.inventory.application.quote_prices import quote_prices
from accord.services.inventory.application.transactions import Transactions
from accord.services.inventory.entrypoints import page_token
from accord.services.inventory.entrypoints.conversion import item_message, money_of, price_message

_PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class PublicServicer(inventory_pb2_grpc.InventoryServiceServicer):
    """accord.inventory.v1.InventoryService."""

    transactions: Transactions
    clock: Clock

    async def Quote(self, request: inventory_pb2.QuoteRequest, context: object) -> inventory_pb2.QuoteResponse:
        """Say what items cost."""
        items = await self.transactions.read(lambda rows: quote_prices(request.skus, rows))
        return inventory_pb2.QuoteResponse(prices=[price_message(item) for item in items])

    async def GetStock(self, request: inventory_pb2.GetStockRequest, context: object) -> inventory_pb2.GetStockResponse:
        """Show one item."""
        item = await self.transactions.read(lambda rows: get_stock(request.sku, rows))
        return inventory_pb2.GetStockResponse(item=item_message(item))

    async def ListStock(
        self, request: inventory_pb2.ListStockRequest, context: object
    ) -> inventory_pb2.ListStockResponse:
        """Show all items, by sku."""
        behind = page_token.read(request.page_token)
        page = await self.transactions.read(lambda rows: list_stock(behind, request.page_size or _PAGE_SIZE, rows))
        return inventory_pb2.ListStockResponse(
            items=[item_message(item) for item in page.items], next_page_token=page_token.write(page.behind)
        )

    async def PutItem(self, request: inventory_pb2.PutItemRequest, context: object) -> inventory_pb2.PutItemResponse:
        """Offer an item, or offer it otherwise."""
        price = money_of(request.unit_price)
        item = await self.transactions.run(lambda rows: put_item(request.sku, request.name, price, rows))
        return inventory_pb2.PutItemResponse(item=item_message(item))

    async def AdjustStock(
        self, request: inventory_pb2.AdjustStockRequest, context: object
    ) -> inventory_pb2.AdjustStockResponse:
        """Move what is on hand, once a key."""
        item = await self.transactions.run(
            lambda rows: adjust_stock(request.sku, request.by, request.idempotency_key, rows, self.clock.now())
        )
        return inventory_pb2.AdjustStockResponse(item=item_message(item))
