"""Ask payment to give back what was paid for orders that had been closed."""

import logging
from dataclasses import dataclass

from accord.ports.errors import DependencyUnavailable
from accord.services.order.application.journal import Journal
from accord.services.order.domain.errors import PaymentRefused
from accord.services.order.domain.payment_desk import PaymentDesk

_BATCH = 100

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RequestRefunds:
    """One round over the orders that MarkPaid found closed. Replicas may ask at once: payment refunds once."""

    journal: Journal
    desk: PaymentDesk

    async def __call__(self) -> None:
        """Ask for up to 100 refunds; those that got no answer are left for the next round."""
        for order in await self.journal.refunds_due(_BATCH):
            try:
                await self.desk.refund(order.payment_id)
            except DependencyUnavailable as error:
                _logger.warning("the refund of order %s waits: %s", order.order_id, error)
                return
            except PaymentRefused as refusal:
                # Payment's row is the arbiter; where the two differ the audit shows it.
                _logger.error("order %s was closed and told to be paid, and has no refund: %s", order.order_id, refusal)  # noqa: TRY400
            await self.journal.refund_requested(order.order_id)
