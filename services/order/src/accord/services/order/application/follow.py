"""Wait for the order's row to follow a decision that was made elsewhere."""

import asyncio
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from accord.services.order.application.journal import Journal
from accord.services.order.domain.order import Order, OrderStatus

_WITHIN = 3.0


@dataclass(frozen=True, slots=True)
class Follow:
    """Reads the order every `interval` seconds, for 3 s at most: who is told late is told all the same."""

    journal: Journal
    interval: float

    async def __call__(self, order_id: str, leaving: AbstractSet[OrderStatus]) -> Order:
        """Return the order once its status is none of `leaving`, or as it is when it was waited for long enough."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _WITHIN
        order = await self.journal.order(order_id)
        while order.status in leaving and loop.time() < deadline:
            await asyncio.sleep(self.interval)
            order = await self.journal.order(order_id)
        return order
