"""Where each command of placing an order goes, and what is sent: the one table that knows methods and messages."""

from accord.adapters.dtm.routes import Route, Routes
from accord.inventory.v1 import inventory_branch_pb2
from accord.money.v1 import money_pb2
from accord.order.v1 import order_branch_pb2, order_pb2
from accord.payment.v1 import payment_branch_pb2
from accord.ports.money import Money
from accord.services.order.application.commands import AwaitPayment, CreateOrder, FreezeFunds, OpenPayment, ReserveStock
from accord.services.order.domain.order import PaymentMethod

_ORDER = "accord.order.v1.OrderBranchService"
_INVENTORY = "accord.inventory.v1.InventoryBranchService"
_PAYMENT = "accord.payment.v1.PaymentBranchService"

_METHODS = {
    PaymentMethod.HOSTED: order_pb2.PAYMENT_METHOD_HOSTED,
    PaymentMethod.WALLET: order_pb2.PAYMENT_METHOD_WALLET,
}


def _money(money: Money) -> money_pb2.Money:
    return money_pb2.Money(minor=money.minor, currency=money.currency)


def _create(command: CreateOrder) -> order_branch_pb2.OrderBranchRequest:
    order = command.order
    lines = [
        order_pb2.OrderLine(
            sku=line.sku,
            quantity=line.quantity,
            unit_price=_money(line.unit_price),
            price_version=line.price_version,
        )
        for line in order.lines
    ]
    new_order = order_branch_pb2.NewOrder(
        customer_id=order.customer_id,
        lines=lines,
        total=_money(order.total),
        payment_method=_METHODS[order.payment_method],
        payment_id=order.payment_id,
    )
    return order_branch_pb2.OrderBranchRequest(order_id=order.order_id, new_order=new_order)


def _reserve(command: ReserveStock) -> inventory_branch_pb2.StockBranchRequest:
    lines = [
        inventory_branch_pb2.StockLine(
            sku=line.sku,
            quantity=line.quantity,
            unit_price=_money(line.unit_price),
            price_version=line.price_version,
        )
        for line in command.lines
    ]
    return inventory_branch_pb2.StockBranchRequest(order_id=command.order_id, lines=lines)


def _pay(command: OpenPayment | FreezeFunds) -> payment_branch_pb2.PaymentBranchRequest:
    return payment_branch_pb2.PaymentBranchRequest(
        payment_id=command.payment_id,
        order_id=command.order_id,
        customer_id=command.customer_id,
        amount=_money(command.amount),
    )


def _await_payment(command: AwaitPayment) -> order_branch_pb2.OrderBranchRequest:
    return order_branch_pb2.OrderBranchRequest(order_id=command.order_id)


ROUTES: Routes = {
    CreateOrder: Route("order", _ORDER, "Create", _create, undo="Close", confirm="MarkPaid"),
    ReserveStock: Route("inventory", _INVENTORY, "Reserve", _reserve, undo="Release", confirm="Commit"),
    OpenPayment: Route("payment", _PAYMENT, "Open", _pay, undo="Void"),
    FreezeFunds: Route("payment", _PAYMENT, "Freeze", _pay, undo="Unfreeze", confirm="Capture"),
    AwaitPayment: Route("order", _ORDER, "AwaitPayment", _await_payment),
}
