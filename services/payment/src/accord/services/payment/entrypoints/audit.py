"""What the audit asks of this database."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import grpc.aio

from accord.audit.v1 import audit_pb2, audit_pb2_grpc
from accord.services.payment.application.audit import Audit, Law, PaymentFact, ReceiptFact
from accord.services.payment.entrypoints.conversion import money_message


@dataclass(frozen=True, slots=True)
class AuditServicer(audit_pb2_grpc.AuditServiceServicer):
    """accord.audit.v1.AuditService."""

    audit: Audit

    async def Audit(
        self, request: audit_pb2.AuditRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> AsyncIterator[audit_pb2.AuditResponse]:
        """Stream the laws, each judged, then every payment, then every receipt."""
        record = await self.audit()
        for law in record.laws:
            yield audit_pb2.AuditResponse(law=_law(law))
        for payment in record.payments:
            yield audit_pb2.AuditResponse(payment=_payment(payment))
        for receipt in record.receipts:
            yield audit_pb2.AuditResponse(receipt=_receipt(receipt))


def _law(law: Law) -> audit_pb2.Law:
    return audit_pb2.Law(name=law.name, holds=not law.violations, detail="; ".join(law.violations))


def _payment(fact: PaymentFact) -> audit_pb2.PaymentFact:
    return audit_pb2.PaymentFact(
        payment_id=fact.payment_id,
        order_id=fact.order_id,
        status=fact.status,
        amount=money_message(fact.amount),
        method=fact.method.lower(),
        decided_by=fact.decided_by,
    )


def _receipt(fact: ReceiptFact) -> audit_pb2.ReceiptFact:
    return audit_pb2.ReceiptFact(
        receipt_id=fact.receipt_id,
        payment_id=fact.payment_id,
        amount=money_message(fact.amount),
        status=fact.status,
    )
