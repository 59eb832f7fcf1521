"""The demo's hands: what its scenarios do with the running system."""

import asyncio
import uuid
from dataclasses import dataclass

from accord.cli.addresses import Addresses
from accord.cli.calls import DEADLINE, channel_to
from accord.cli.money import parse
from accord.inventory.v1 import inventory_pb2, inventory_pb2_grpc
from accord.order.v1 import order_pb2, order_pb2_grpc
from accord.payment.v1 import payment_pb2, payment_pb2_grpc

HOSTED = order_pb2.PAYMENT_METHOD_HOSTED
WALLET = order_pb2.PAYMENT_METHOD_WALLET


@dataclass(frozen=True, slots=True)
class Shop:
    """Calls the services as any client would."""

    addresses: Addresses

    async def stock(self, sku: str, quantity: int, price: str) -> inventory_pb2.StockItem:
        """Sell an item: name, price, quantity on hand."""
        async with channel_to("inventory", self.addresses.inventory) as channel:
            stub = inventory_pb2_grpc.InventoryServiceStub(channel)
            put = inventory_pb2.PutItemRequest(sku=sku, name=sku.capitalize(), unit_price=parse(price))
            await stub.PutItem(put, timeout=DEADLINE)
            moved = inventory_pb2.AdjustStockRequest(sku=sku, by=quantity, idempotency_key=str(uuid.uuid4()))
            return (await stub.AdjustStock(moved, timeout=DEADLINE)).item

    async def reprice(self, sku: str, price: str) -> None:
        """Give an item another price."""
        async with channel_to("inventory", self.addresses.inventory) as channel:
            put = inventory_pb2.PutItemRequest(sku=sku, name=sku.capitalize(), unit_price=parse(price))
            await inventory_pb2_grpc.InventoryServiceStub(channel).PutItem(put, timeout=DEADLINE)

    async def top_up(self, customer: str, amount: str) -> None:
        """Put money into a wallet."""
        async with channel_to("payment", self.addresses.payment) as channel:
            request = payment_pb2.TopUpWalletRequest(
                customer_id=customer, amount=parse(amount), idempotency_key=str(uuid.uuid4())
            )
            await payment_pb2_grpc.PaymentServiceStub(channel).TopUpWallet(request, timeout=DEADLINE)

    async def place(
        self,
        customer: str,
        line: order_pb2.LineRequest,
        method: "order_pb2.PaymentMethod.ValueType",
        key: str = "",
    ) -> order_pb2.Order:
        """Place an order of one line."""
        async with channel_to("order", self.addresses.order) as channel:
            request = order_pb2.PlaceOrderRequest(
                idempotency_key=key or str(uuid.uuid4()), customer_id=customer, lines=[line], payment_method=method
            )
            return (await order_pb2_grpc.OrderServiceStub(channel).PlaceOrder(request, timeout=DEADLINE)).order

    async def cancel(self, order_id: str) -> order_pb2.Order:
        """Cancel an order that nobody has paid."""
        async with channel_to("order", self.addresses.order) as channel:
            request = order_pb2.CancelOrderRequest(order_id=order_id)
            return (await order_pb2_grpc.OrderServiceStub(channel).CancelOrder(request, timeout=DEADLINE)).order

    async def refund(self, order_id: str) -> order_pb2.Order:
        """Have the money of a paid order given back."""
        async with channel_to("order", self.addresses.order) as channel:
            request = order_pb2.RefundOrderRequest(order_id=order_id)
            return (await order_pb2_grpc.OrderServiceStub(channel).RefundOrder(request, timeout=DEADLINE)).order

    async def orders_of(self, customer: str) -> list[order_pb2.Order]:
        """Return what a customer has ordered, newest first."""
        async with channel_to("order", self.addresses.order) as channel:
            request = order_pb2.ListOrdersRequest(customer_id=customer)
            return list((await order_pb2_grpc.OrderServiceStub(channel).ListOrders(request, timeout=DEADLINE)).orders)

    async def until(self, order_id: str, *statuses: "order_pb2.OrderStatus.ValueType") -> order_pb2.Order:
        """Wait until the order is in one of the statuses, or at its end."""
        async with channel_to("order", self.addresses.order) as channel, asyncio.timeout(DEADLINE):
            request = order_pb2.WatchOrderRequest(order_id=order_id)
            async for update in order_pb2_grpc.OrderServiceStub(channel).WatchOrder(request):
                order = update.order
                if order.status in statuses:
                    break
            return order


def line(sku: str, quantity: int = 1) -> order_pb2.LineRequest:
    """Return a line at the price of the moment."""
    return order_pb2.LineRequest(sku=sku, quantity=quantity)
