"""What everybody says, collected once."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from accord.audit.v1 import audit_pb2, audit_pb2_grpc
from accord.cli.addresses import Addresses
from accord.cli.calls import channel_to
from accord.cli.web import call


@dataclass(slots=True)
class Snapshot:
    """Each service's laws and facts, of one snapshot of its own database, and the provider's book."""

    laws: list[tuple[str, audit_pb2.Law]] = field(default_factory=list)
    orders: dict[str, audit_pb2.OrderFact] = field(default_factory=dict)
    reservations: dict[str, audit_pb2.ReservationFact] = field(default_factory=dict)
    payments: dict[str, audit_pb2.PaymentFact] = field(default_factory=dict)
    receipts: dict[str, audit_pb2.ReceiptFact] = field(default_factory=dict)
    book: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def order_ids(self) -> set[str]:
        """Every order that any service knows."""
        return {*self.orders, *self.reservations, *self.payments}


async def collect(addresses: Addresses) -> Snapshot:
    """Ask everybody at once."""
    snapshot = Snapshot()
    targets = {"order": addresses.order, "inventory": addresses.inventory, "payment": addresses.payment}
    await asyncio.gather(
        *(_collect_service(snapshot, service, target) for service, target in targets.items()),
        _collect_book(snapshot, addresses.provider),
    )
    return snapshot


async def _collect_service(snapshot: Snapshot, service: str, target: str) -> None:
    keyed: dict[str, Any] = defaultdict(dict)
    async with channel_to(service, target) as channel:
        async for response in audit_pb2_grpc.AuditServiceStub(channel).Audit(audit_pb2.AuditRequest()):
            kind = response.WhichOneof("record")
            if kind == "law":
                snapshot.laws.append((service, response.law))
            elif kind == "receipt":
                snapshot.receipts[response.receipt.receipt_id] = response.receipt
            elif kind is not None:
                fact = getattr(response, kind)
                keyed[kind][fact.order_id] = fact
    snapshot.orders |= keyed["order"]
    snapshot.reservations |= keyed["reservation"]
    snapshot.payments |= keyed["payment"]


async def _collect_book(snapshot: Snapshot, provider: str) -> None:
    answer = await call("provider", provider, "GET", "/v1/book")
    snapshot.book = {entry["receipt_id"]: entry for entry in answer["entries"]}
