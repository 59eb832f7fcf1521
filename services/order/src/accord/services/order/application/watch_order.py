"""Watch an order until nothing more is expected of it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from accord.services.order.application.journal import Journal
from accord.services.order.domain.order import Order


@dataclass(frozen=True, slots=True)
class WatchOrder:
    """Reads the order every `interval` seconds: a change may come from any process that shares the database."""

    journal: Journal
    interval: float

    async def __call__(self, order_id: str) -> AsyncIterator[Order]:
        """Yield the order as it is, then at each change, the last time when its status is final.

        Raises OrderNotFound at once.
        """
        order = await self.journal.order(order_id)
        yield order
        while not order.status.final:
            await asyncio.sleep(self.interval)
            seen, order = order, await self.journal.order(order_id)
            if order != seen:
                yield order
