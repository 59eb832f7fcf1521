"""What customers and operators call."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from accord.order.v1 import order_pb2, order_pb2_grpc
from accord.services.order.application.journal import Journal
from accord.services.order.application.list_orders import list_orders
from accord.services.order.application.place_order import PlaceOrder
from accord.services.order.application.watch_order import WatchOrder
from accord.services.order.entrypoints import page_token
from accord.services.order.entrypoints.conversion import order_message, request_of, status_of

_PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class PublicServicer(order_pb2_grpc.OrderServiceServicer):
    """accord.order.v1.OrderService."""

    place_order: PlaceOrder
    journal: Journal
    watch_order: WatchOrder

    async def PlaceOrder(self, request: order_pb2.PlaceOrderRequest, context: object) -> order_pb2.PlaceOrderResponse:
        """Place an order, or say how the one that the key stands for is."""
        return order_pb2.PlaceOrderResponse(order=order_message(await self.place_order(request_of(request))))

    async def GetOrder(self, request: order_pb2.GetOrderRequest, context: object) -> order_pb2.GetOrderResponse:
        """Say how an order is."""
        return order_pb2.GetOrderResponse(order=order_message(await self.journal.order(request.order_id)))

    async def ListOrders(self, request: order_pb2.ListOrdersRequest, context: object) -> order_pb2.ListOrdersResponse:
        """List orders, newest first."""
        behind = page_token.read(request.page_token)
        size = request.page_size or _PAGE_SIZE
        status = status_of(request.status)
        page = await self.journal.database.read(
            lambda rows: list_orders(request.customer_id, status, behind, size, rows)
        )
        return order_pb2.ListOrdersResponse(
            orders=[order_message(order) for order in page.orders], next_page_token=page_token.write(page.behind)
        )

    async def WatchOrder(
        self, request: order_pb2.WatchOrderRequest, context: object
    ) -> AsyncIterator[order_pb2.WatchOrderResponse]:
        """Send the order as it is, then at each change."""
        async for order in self.watch_order(request.order_id):
            yield order_pb2.WatchOrderResponse(order=order_message(order))
