"""Where what a decision tells goes, and what is sent: the one table that knows methods and messages."""

from accord.adapters.dtm.routes import Route, Routes
from accord.inventory.v1.inventory_branch_pb2 import StockBranchRequest
from accord.order.v1.order_branch_pb2 import OrderBranchRequest
from accord.services.payment.application.commands import (
    CloseOrder,
    CommitStock,
    MarkOrderPaid,
    MarkOrderRefunded,
    MarkOrderRefundFailed,
    MarkOrderRefunding,
    ReleaseStock,
    RestockGoods,
)

_ORDER = "accord.order.v1.OrderBranchService"
_INVENTORY = "accord.inventory.v1.InventoryBranchService"


def _order(
    command: MarkOrderPaid | MarkOrderRefunding | MarkOrderRefunded | MarkOrderRefundFailed,
) -> OrderBranchRequest:
    return OrderBranchRequest(order_id=command.order_id)


def _closed_order(command: CloseOrder) -> OrderBranchRequest:
    return OrderBranchRequest(order_id=command.order_id, close_reason=command.reason)


def _stock(command: CommitStock | ReleaseStock | RestockGoods) -> StockBranchRequest:
    return StockBranchRequest(order_id=command.order_id)


ROUTES: Routes = {
    MarkOrderPaid: Route("order", _ORDER, "MarkPaid", _order),
    CommitStock: Route("inventory", _INVENTORY, "Commit", _stock),
    CloseOrder: Route("order", _ORDER, "Close", _closed_order),
    ReleaseStock: Route("inventory", _INVENTORY, "Release", _stock),
    RestockGoods: Route("inventory", _INVENTORY, "Restock", _stock),
    MarkOrderRefunding: Route("order", _ORDER, "MarkRefunding", _order),
    MarkOrderRefunded: Route("order", _ORDER, "MarkRefunded", _order),
    MarkOrderRefundFailed: Route("order", _ORDER, "MarkRefundFailed", _order),
}
