"""Fills the ports of the payment service with adapters, in start order; nothing else knows which."""

from datetime import timedelta

from accord.adapters.dtm.branches import Branches
from accord.adapters.dtm.points import branch_points, decision_points
from accord.adapters.dtm.targets import BranchTargets
from accord.adapters.dtm.transactions import DtmTransactions
from accord.adapters.sandbox.client import SandboxProvider
from accord.adapters.service.crash import arm
from accord.adapters.service.database import open_database
from accord.adapters.service.life import Life
from accord.adapters.settings import schemes
from accord.adapters.system.clock import SystemClock
from accord.adapters.system.ids import SystemIds
from accord.audit.v1 import audit_pb2_grpc
from accord.payment.v1 import payment_branch_pb2_grpc, payment_pb2_grpc
from accord.ports.lock import DistributedLock
from accord.ports.transactions import GlobalTransactions
from accord.services.payment.application.audit import Audit
from accord.services.payment.application.cancel_payment import CancelPayment
from accord.services.payment.application.checkout import Checkout
from accord.services.payment.application.decide_and_tell import DecideAndTell
from accord.services.payment.application.drive_refunds import DriveRefunds
from accord.services.payment.application.expire_payments import ExpirePayments
from accord.services.payment.application.handle_callback import CallbackHandler
from accord.services.payment.application.payment_lock import PaymentLock
from accord.services.payment.application.refund_payment import RefundPayment
from accord.services.payment.application.settle_refund import SettleRefund
from accord.services.payment.application.tellings import TELLINGS
from accord.services.payment.application.transactions import Transactions
from accord.services.payment.config import PaymentSettings
from accord.services.payment.domain.errors import Refusal
from accord.services.payment.domain.repositories import RepositoriesOf
from accord.services.payment.entrypoints.audit import AuditServicer
from accord.services.payment.entrypoints.branch import OPERATIONS, QUERY_PREPARED, BranchServicer
from accord.services.payment.entrypoints.errors import ERRORS
from accord.services.payment.entrypoints.public import PublicServicer
from accord.services.payment.entrypoints.webhook.receiver import Receiver
from accord.services.payment.entrypoints.webhook.server import webhook
from accord.services.payment.entrypoints.webhook.signature import Verifier
from accord.services.payment.infrastructure.client.routes import ROUTES
from accord.services.payment.infrastructure.persistence.audit import SqlAudit
from accord.services.payment.infrastructure.persistence.migrations import MIGRATIONS
from accord.services.payment.infrastructure.persistence.repositories import sql_repositories
from dtm_client.aio.client import DtmClient

KNOWN_POINTS = branch_points("payment", OPERATIONS) | decision_points("payment", (telling.name for telling in TELLINGS))
# Less than a provider waits for its answer, Prepare and Submit included.
_LOCK_WITHIN = 3.0


async def bootstrap(
    life: Life,
    settings: PaymentSettings,
    *,
    transactions: GlobalTransactions | None = None,
    lock: DistributedLock | None = None,
    repositories: RepositoriesOf = sql_repositories,
) -> None:
    """Start the service; a test brings what it exchanges, such as a lock that does not lock."""
    clock = SystemClock()
    crash_points = arm(settings.crash_at, KNOWN_POINTS)
    database = await open_database(life, settings.database, MIGRATIONS)
    payment_lock = PaymentLock(life.dependency("ACCORD_LOCK", lock or schemes.lock(settings.lock)), _LOCK_WITHIN)
    if transactions is None:
        coordinator = settings.transactions
        transactions = DtmTransactions(
            DtmClient(coordinator.grpc, http=f"http://{coordinator.http}"),
            service="payment",
            routes=ROUTES,
            targets=BranchTargets(settings.branch_targets),
            unit_of_work=database,
            crash_points=crash_points,
            query_prepared=QUERY_PREPARED,
        )
    life.dependency("ACCORD_TRANSACTIONS", transactions)
    # Not asked at the start: without the provider no customer gets to pay, and all the rest goes on.
    provider = await life.enter(SandboxProvider(settings.provider))
    rows = Transactions(database, repositories)
    decide_and_tell = DecideAndTell(transactions, rows, clock, SystemIds())
    callbacks = CallbackHandler(rows, payment_lock, clock, decide_and_tell)
    drive_refunds = DriveRefunds(provider, rows, payment_lock, clock, decide_and_tell)
    expire_payments = ExpirePayments(provider, rows, payment_lock, clock, callbacks, decide_and_tell)
    branches = Branches(database, crash_points, "payment", Refusal)
    branch = BranchServicer(branches, rows, clock, timedelta(seconds=settings.payment_window))
    public = PublicServicer(
        rows,
        Checkout(provider, rows, payment_lock, clock),
        CancelPayment(rows, payment_lock, decide_and_tell),
        RefundPayment(rows, payment_lock, decide_and_tell),
        SettleRefund(rows, payment_lock, clock, decide_and_tell),
        clock,
    )
    await life.serve(
        branch=[(payment_branch_pb2_grpc.add_PaymentBranchServiceServicer_to_server, branch)],
        public=[
            (payment_pb2_grpc.add_PaymentServiceServicer_to_server, public),
            (audit_pb2_grpc.add_AuditServiceServicer_to_server, AuditServicer(Audit(database, SqlAudit))),
        ],
        errors=ERRORS,
    )
    receiver = Receiver(Verifier(settings.webhook_secrets, settings.webhook_tolerance), callbacks.handle, clock)
    life.addresses["webhook"] = await life.enter(webhook(settings.webhook_listen, receiver, settings.drain_grace))
    life.poll("expiry", settings.payment_poll, expire_payments)
    life.poll("refunds", settings.payment_poll, drive_refunds)
