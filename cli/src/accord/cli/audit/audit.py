"""Judges: hard laws at once; differences must be explained by an open transaction, or vanish on another look."""

import asyncio
from dataclasses import dataclass

from accord.audit.v1 import audit_pb2
from accord.cli.addresses import Addresses
from accord.cli.audit.differences import Difference, differences
from accord.cli.audit.explanation import Explainer
from accord.cli.audit.snapshot import Snapshot, collect
from accord.cli.coordinator import transaction, unfinished

_REFUND_FAILED = "REFUND_FAILED"


@dataclass(frozen=True, slots=True)
class Report:
    """What the audit found. Red are broken laws and differences that nothing explains."""

    laws: list[tuple[str, audit_pb2.Law]]
    orders: int
    receipts: int
    explained: list[Difference]
    unexplained: list[Difference]
    refunds_due: list[audit_pb2.ReceiptFact]
    orders_to_refund: list[str]
    orders_to_settle: list[str]

    @property
    def clean(self) -> bool:
        """Whether everything agrees."""
        return not self.unexplained and all(law.holds for _, law in self.laws)


async def audit(addresses: Addresses, looks: int, pause: float) -> Report:
    """Look `looks` times at most, `pause` seconds apart, for differences to vanish."""
    coordinator = addresses.coordinator_http
    explainer = Explainer(lambda gid: transaction(coordinator, gid), lambda: unfinished(coordinator))
    snapshot = await collect(addresses)
    open_ones, unexplained = await explainer.explain(differences(snapshot))
    for _ in range(looks - 1):
        if not unexplained:
            break
        await asyncio.sleep(pause)
        again = await collect(addresses)
        suspects = {difference.subject for difference in unexplained}
        open_ones, unexplained = await explainer.explain([one for one in differences(again) if one.subject in suspects])
        snapshot = again
    return _report(snapshot, open_ones, unexplained)


def _report(snapshot: Snapshot, explained: list[Difference], unexplained: list[Difference]) -> Report:
    return Report(
        laws=snapshot.laws,
        orders=len(snapshot.order_ids),
        receipts=len(snapshot.receipts),
        explained=explained,
        unexplained=unexplained,
        refunds_due=[receipt for receipt in snapshot.receipts.values() if receipt.status == "REFUND_DUE"],
        orders_to_refund=[order.order_id for order in snapshot.orders.values() if order.refund_due],
        orders_to_settle=to_settle(snapshot),
    )


def to_settle(snapshot: Snapshot) -> list[str]:
    """Return the orders of which the provider refused to give money back."""
    receipts = {receipt.payment_id for receipt in snapshot.receipts.values() if receipt.status == _REFUND_FAILED}
    return sorted(
        payment.order_id
        for payment in snapshot.payments.values()
        if payment.status == _REFUND_FAILED or payment.payment_id in receipts
    )
