"""Between the messages of the order service and its domain."""

from accord.money.v1 import money_pb2
from accord.order.v1 import order_branch_pb2, order_pb2
from accord.ports.money import Money
from accord.services.order.domain.new_order import NewOrder
from accord.services.order.domain.order import Order, OrderLine, OrderStatus, PaymentMethod
from accord.services.order.domain.order_request import LineRequest, OrderRequest
from accord.services.order.domain.price_list import Price

_STATUS = {
    OrderStatus.CREATED: order_pb2.ORDER_STATUS_CREATED,
    OrderStatus.AWAITING_PAYMENT: order_pb2.ORDER_STATUS_AWAITING_PAYMENT,
    OrderStatus.PAID: order_pb2.ORDER_STATUS_PAID,
    OrderStatus.CLOSED: order_pb2.ORDER_STATUS_CLOSED,
    OrderStatus.REFUNDING: order_pb2.ORDER_STATUS_REFUNDING,
    OrderStatus.REFUNDED: order_pb2.ORDER_STATUS_REFUNDED,
    OrderStatus.REFUND_FAILED: order_pb2.ORDER_STATUS_REFUND_FAILED,
}
_METHOD = {
    PaymentMethod.HOSTED: order_pb2.PAYMENT_METHOD_HOSTED,
    PaymentMethod.WALLET: order_pb2.PAYMENT_METHOD_WALLET,
}
_STATUS_OF = {message: status for status, message in _STATUS.items()}
_METHOD_OF = {message: method for method, message in _METHOD.items()}


def request_of(message: order_pb2.PlaceOrderRequest) -> OrderRequest:
    """Read a valid request."""
    lines = tuple(
        LineRequest(line.sku, line.quantity, _price_of(line.seen_price) if line.HasField("seen_price") else None)
        for line in message.lines
    )
    return OrderRequest(message.customer_id, message.idempotency_key, lines, _METHOD_OF[message.payment_method])


def status_of(message: "order_pb2.OrderStatus.ValueType") -> OrderStatus | None:
    """Read a status filter; None for every status."""
    return _STATUS_OF.get(message)


def new_order_of(message: order_branch_pb2.OrderBranchRequest) -> NewOrder:
    """Read what Create writes down, from a valid request that has it."""
    new = message.new_order
    return NewOrder(
        order_id=message.order_id,
        customer_id=new.customer_id,
        lines=tuple(_line_of(line) for line in new.lines),
        total=_money_of(new.total),
        payment_method=_METHOD_OF[new.payment_method],
        payment_id=new.payment_id,
    )


def order_message(order: Order) -> order_pb2.Order:
    """Write an order."""
    message = order_pb2.Order(
        order_id=order.order_id,
        customer_id=order.customer_id,
        status=_STATUS[order.status],
        lines=[_line_message(line) for line in order.lines],
        total=money_message(order.total),
        payment_method=_METHOD[order.payment_method],
        payment_id=order.payment_id,
        gid=order.gid,
        close_reason=order.close_reason,
    )
    message.created_at.FromDatetime(order.created_at)
    message.updated_at.FromDatetime(order.changed_at)
    return message


def money_message(money: Money) -> money_pb2.Money:
    """Write an amount."""
    return money_pb2.Money(minor=money.minor, currency=money.currency)


def _line_message(line: OrderLine) -> order_pb2.OrderLine:
    return order_pb2.OrderLine(
        sku=line.sku,
        quantity=line.quantity,
        unit_price=money_message(line.unit_price),
        price_version=line.price_version,
    )


def _line_of(line: order_pb2.OrderLine) -> OrderLine:
    return OrderLine(line.sku, line.quantity, _money_of(line.unit_price), line.price_version)


def _price_of(price: order_pb2.SeenPrice) -> Price:
    return Price(_money_of(price.unit_price), price.version)


def _money_of(money: money_pb2.Money) -> Money:
    return Money(money.minor, money.currency)
