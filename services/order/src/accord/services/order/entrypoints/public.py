"""What customers and operators call."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from accord.order.v1 import order_pb2, order_pb2_grpc
from accord.services.order.application.cancel_order import CancelOrder
from accord.services.order.application.journal import Journal
from accord.services.order.application.list_orders import list_orders
from accord.services.order.application.place_order import PlaceOrder
from accord.services.order.application.refund_order import RefundOrder
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
    cancel_order: CancelOrder
    refund_order: RefundOrder

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

    async def CancelOrder(
        self, request: order_pb2.CancelOrderRequest, context: object
    ) -> order_pb2.CancelOrderResponse:
        """Close an order that nobody has paid."""
        return order_pb2.CancelOrderResponse(order=order_message(await self.cancel_order(request.order_id)))

    async def RefundOrder(
        self, request: order_pb2.RefundOrderRequest, context: object
    ) -> order_pb2.RefundOrderResponse:
        """Give the money of a paid order back."""
        return order_pb2.RefundOrderResponse(order=order_message(await self.refund_order(request.order_id)))

    async def WatchOrder(
        self, request: order_pb2.WatchOrderRequest, context: object
    ) -> AsyncIterator[order_pb2.WatchOrderResponse]:
        """Send the order as it is, then at each change."""
        async for order in self.watch_order(request.order_id):
            yield order_pb2.WatchOrderResponse(order=order_message(order))
