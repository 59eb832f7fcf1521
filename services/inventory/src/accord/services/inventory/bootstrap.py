"""Fills the ports of the inventory service with adapters, in start order; nothing else knows which."""

from accord.adapters.dtm.branches import Branches
from accord.adapters.dtm.points import branch_points
from accord.adapters.service.crash import arm
from accord.adapters.service.database import open_database
from accord.adapters.service.life import Life
from accord.adapters.system.clock import SystemClock
from accord.audit.v1 import audit_pb2_grpc
from accord.inventory.v1 import inventory_branch_pb2_grpc, inventory_pb2_grpc
from accord.services.inventory.application.transactions import Transactions
from accord.services.inventory.config import InventorySettings
from accord.services.inventory.domain.errors import Refusal
from accord.services.inventory.entrypoints.audit import AuditServicer
from accord.services.inventory.entrypoints.branch import OPERATIONS, BranchServicer
from accord.services.inventory.entrypoints.errors import ERRORS
from accord.services.inventory.entrypoints.public import PublicServicer
from accord.services.inventory.infrastructure.persistence.audit import SqlAudit
from accord.services.inventory.infrastructure.persistence.migrations import MIGRATIONS
from accord.services.inventory.infrastructure.persistence.repositories import sql_repositories

KNOWN_POINTS = branch_points("inventory", OPERATIONS)


async def bootstrap(life: Life, settings: InventorySettings) -> None:
    """Start the service."""
    clock = SystemClock()
    crash_points = arm(settings.crash_at, KNOWN_POINTS)
    database = await open_database(life, settings.database, MIGRATIONS)
    public = PublicServicer(Transactions(database, sql_repositories), clock)
    branch = BranchServicer(Branches(database, crash_points, "inventory", Refusal), sql_repositories, clock)
    await life.serve(
        branch=[(inventory_branch_pb2_grpc.add_InventoryBranchServiceServicer_to_server, branch)],
        public=[
            (inventory_pb2_grpc.add_InventoryServiceServicer_to_server, public),
            (audit_pb2_grpc.add_AuditServiceServicer_to_server, AuditServicer(database, SqlAudit)),
        ],
        errors=ERRORS,
    )
