"""Fills the ports of the order service with adapters, in start order; nothing else knows which."""

from accord.adapters.dtm.branches import Branches
from accord.adapters.dtm.points import branch_points
from accord.adapters.dtm.targets import BranchTargets
from accord.adapters.dtm.transactions import DtmTransactions
from accord.adapters.grpc.channel import open_channel
from accord.adapters.service.crash import arm
from accord.adapters.service.database import open_database
from accord.adapters.service.life import Life
from accord.adapters.settings import schemes
from accord.adapters.system.clock import SystemClock
from accord.audit.v1 import audit_pb2_grpc
from accord.order.v1 import order_branch_pb2_grpc, order_pb2_grpc
from accord.ports.transactions import GlobalTransactions
from accord.services.order.application.audit import Audit
from accord.services.order.application.cancel_order import CancelOrder
from accord.services.order.application.follow import Follow
from accord.services.order.application.journal import Journal
from accord.services.order.application.place_order import AFTER_ATTEMPT, AFTER_OUTCOME, PlaceOrder
from accord.services.order.application.refund_order import RefundOrder
from accord.services.order.application.request_refunds import RequestRefunds
from accord.services.order.application.transactions import Transactions
from accord.services.order.application.watch_order import WatchOrder
from accord.services.order.config import OrderSettings
from accord.services.order.domain.errors import Refusal
from accord.services.order.domain.payment_desk import PaymentDesk
from accord.services.order.domain.price_list import PriceList
from accord.services.order.entrypoints.audit import AuditServicer
from accord.services.order.entrypoints.branch import OPERATIONS, BranchServicer
from accord.services.order.entrypoints.errors import ERRORS
from accord.services.order.entrypoints.public import PublicServicer
from accord.services.order.infrastructure.client.inventory import INVENTORY, InventoryPriceList
from accord.services.order.infrastructure.client.payment import PAYMENT, PaymentServiceDesk
from accord.services.order.infrastructure.client.routes import ROUTES
from accord.services.order.infrastructure.persistence.audit import SqlAudit
from accord.services.order.infrastructure.persistence.migrations import MIGRATIONS
from accord.services.order.infrastructure.persistence.repositories import sql_repositories
from dtm_client.aio.client import DtmClient

KNOWN_POINTS = branch_points("order", OPERATIONS) | {AFTER_ATTEMPT, AFTER_OUTCOME}
_WATCH_INTERVAL = 0.1
_FOLLOW_INTERVAL = 0.02


async def bootstrap(
    life: Life,
    settings: OrderSettings,
    *,
    prices: PriceList | None = None,
    transactions: GlobalTransactions | None = None,
    desk: PaymentDesk | None = None,
) -> None:
    """Start the service; a test brings `prices`, `transactions` and `desk` of its own."""
    clock = SystemClock()
    crash_points = arm(settings.crash_at, KNOWN_POINTS)
    database = await open_database(life, settings.database, MIGRATIONS)
    lock = life.dependency("ACCORD_LOCK", schemes.lock(settings.lock))
    if transactions is None:
        coordinator = settings.transactions
        transactions = DtmTransactions(
            DtmClient(coordinator.grpc, http=f"http://{coordinator.http}"),
            service="order",
            routes=ROUTES,
            targets=BranchTargets(settings.branch_targets),
            unit_of_work=database,
            crash_points=crash_points,
        )
    life.dependency("ACCORD_TRANSACTIONS", transactions)
    if prices is None:
        # Not asked at the start: without inventory no order is placed, and all the rest goes on.
        target = schemes.discovery(settings.registry).target("inventory")
        prices = InventoryPriceList(await life.enter(open_channel(target, INVENTORY)))
    if desk is None:
        # Not asked at the start either: only cancelling and refunding needs it.
        target = schemes.discovery(settings.registry).target("payment")
        desk = PaymentServiceDesk(await life.enter(open_channel(target, PAYMENT)))
    journal = Journal(Transactions(database, sql_repositories))
    follow = Follow(journal, _FOLLOW_INTERVAL)
    public = PublicServicer(
        PlaceOrder(prices, transactions, journal, lock, clock, crash_points),
        journal,
        WatchOrder(journal, _WATCH_INTERVAL),
        CancelOrder(journal, desk, follow),
        RefundOrder(journal, desk, follow),
    )
    branch = BranchServicer(
        Branches(database, crash_points, "order", Refusal), sql_repositories, clock, settings.order_unpaid_limit
    )
    await life.serve(
        branch=[(order_branch_pb2_grpc.add_OrderBranchServiceServicer_to_server, branch)],
        public=[
            (order_pb2_grpc.add_OrderServiceServicer_to_server, public),
            (audit_pb2_grpc.add_AuditServiceServicer_to_server, AuditServicer(Audit(database, SqlAudit))),
        ],
        errors=ERRORS,
    )
    life.poll("refunds-due", settings.order_poll, RequestRefunds(journal, desk))
