"""The attempt to place an order: committed before anything is sent, so that a repeat goes on with it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from accord.ports.flow import FrozenFlow
from accord.services.order.domain.new_order import NewOrder
from accord.services.order.domain.order import REASON_UNKNOWN, Order, OrderStatus


class AttemptOutcome(StrEnum):
    """How a global transaction ended; an attempt that has an outcome is never sent again."""

    SUCCEEDED = "SUCCEEDED"
    ROLLED_BACK = "ROLLED_BACK"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One a customer and idempotency key. `flow` holds the very bytes that every repeat sends."""

    customer_id: str
    idempotency_key: str
    request_digest: str
    order: NewOrder
    flow: FrozenFlow
    created_at: datetime
    outcome: AttemptOutcome | None = None
    reason: str = ""

    def as_order(self) -> Order:
        """Return what there is to say of an order that has no row: not yet created, or refused before it was."""
        refused = self.outcome is AttemptOutcome.ROLLED_BACK
        return Order(
            order_id=self.order.order_id,
            customer_id=self.customer_id,
            status=OrderStatus.CLOSED if refused else OrderStatus.CREATED,
            lines=self.order.lines,
            total=self.order.total,
            payment_method=self.order.payment_method,
            payment_id=self.order.payment_id,
            gid=self.flow.gid,
            close_reason=(self.reason or REASON_UNKNOWN) if refused else "",
            refund_due=False,
            created_at=self.created_at,
            changed_at=self.created_at,
        )
