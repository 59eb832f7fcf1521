"""What the audit asks of this database."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from accord.audit.v1 import audit_pb2, audit_pb2_grpc
from accord.ports.unit_of_work import UnitOfWork
from accord.services.inventory.application.audit_stock import AuditRepositoryOf, Law, ReservationFact, audit_stock
from accord.services.inventory.entrypoints.conversion import money_message


@dataclass(frozen=True, slots=True)
class AuditServicer(audit_pb2_grpc.AuditServiceServicer):
    """accord.audit.v1.AuditService."""

    unit_of_work: UnitOfWork
    repository: AuditRepositoryOf

    async def Audit(self, request: audit_pb2.AuditRequest, context: object) -> AsyncIterator[audit_pb2.AuditResponse]:
        """Stream the laws, each judged, then every reservation."""
        audit = await audit_stock(self.unit_of_work, self.repository)
        for law in audit.laws:
            yield audit_pb2.AuditResponse(law=_law(law))
        for fact in audit.reservations:
            yield audit_pb2.AuditResponse(reservation=_fact(fact))


def _law(law: Law) -> audit_pb2.Law:
    return audit_pb2.Law(name=law.name, holds=not law.violations, detail="; ".join(law.violations))


def _fact(fact: ReservationFact) -> audit_pb2.ReservationFact:
    return audit_pb2.ReservationFact(order_id=fact.order_id, status=fact.status, worth=money_message(fact.worth))
