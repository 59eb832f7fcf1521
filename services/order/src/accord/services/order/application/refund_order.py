"""Refund a paid order."""

from dataclasses import dataclass

from accord.services.order.application.follow import Follow
from accord.services.order.application.journal import Journal
from accord.services.order.domain.order import NOT_REFUNDED, Order
from accord.services.order.domain.payment_desk import PaymentDesk


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """Asks payment, whose row decides; the money follows later."""

    journal: Journal
    desk: PaymentDesk
    follow: Follow

    async def __call__(self, order_id: str) -> Order:
        """Return the order, at least REFUNDING unless payment's word takes long to come here.

        Raises OrderNotFound, PaymentRefused, DependencyUnavailable; repeating it has one effect.
        """
        order = await self.journal.order(order_id)
        await self.desk.refund(order.payment_id)
        return await self.follow(order_id, NOT_REFUNDED)
