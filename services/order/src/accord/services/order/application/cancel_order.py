"""Cancel an order that nobody has paid."""

from dataclasses import dataclass

from accord.services.order.application.follow import Follow
from accord.services.order.application.journal import Journal
from accord.services.order.domain.order import UNPAID, Order
from accord.services.order.domain.payment_desk import PaymentDesk


@dataclass(frozen=True, slots=True)
class CancelOrder:
    """Asks payment, whose row decides between paid and cancelled."""

    journal: Journal
    desk: PaymentDesk
    follow: Follow

    async def __call__(self, order_id: str) -> Order:
        """Return the order, closed unless payment's word takes long to come here.

        Raises OrderNotFound, PaymentRefused, DependencyUnavailable; repeating it has one effect.
        """
        order = await self.journal.order(order_id)
        await self.desk.cancel(order.payment_id)
        return await self.follow(order_id, UNPAID)
