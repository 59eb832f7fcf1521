"""What the audit asks of this database."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from accord.audit.v1 import audit_pb2, audit_pb2_grpc
from accord.services.order.application.audit import Audit, Law, OrderFact
from accord.services.order.entrypoints.conversion import money_message


@dataclass(frozen=True, slots=True)
class AuditServicer(audit_pb2_grpc.AuditServiceServicer):
    """accord.audit.v1.AuditService."""

    audit: Audit

    async def Audit(self, request: audit_pb2.AuditRequest, context: object) -> AsyncIterator[audit_pb2.AuditResponse]:
        """Stream the laws, each judged, then every order."""
        laws, facts = await self.audit()
        for law in laws:
            yield audit_pb2.AuditResponse(law=_law(law))
        for fact in facts:
            yield audit_pb2.AuditResponse(order=_fact(fact))


def _law(law: Law) -> audit_pb2.Law:
    return audit_pb2.Law(name=law.name, holds=not law.violations, detail="; ".join(law.violations))


def _fact(fact: OrderFact) -> audit_pb2.OrderFact:
    message = audit_pb2.OrderFact(
        order_id=fact.order_id,
        status=fact.status,
        total=money_message(fact.total),
        payment_method=fact.payment_method,
        gid=fact.gid,
        close_reason=fact.close_reason,
        refund_due=fact.refund_due,
    )
    message.changed_at.FromDatetime(fact.changed_at)
    return message
