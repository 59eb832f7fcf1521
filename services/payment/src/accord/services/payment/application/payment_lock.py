"""One handler at a time works on a payment, for efficiency alone: the guarded row keeps it right without."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from accord.ports.errors import PortError
from accord.ports.lock import DistributedLock, FencingToken

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PaymentLock:
    """Waits `within` seconds for the lock of a payment."""

    lock: DistributedLock
    within: float

    @asynccontextmanager
    async def hold(self, payment_id: str) -> AsyncIterator[FencingToken | None]:
        """Hold the lock and yield its token, or go on without it and yield None when it cannot be had in time."""
        try:
            hold = await self.lock.acquire(f"payment/{payment_id}", self.within)
        except PortError as error:
            _logger.warning("payment %s is handled without its lock: %s", payment_id, error)
            yield None
            return
        try:
            yield hold.token
        finally:
            if hold.lost.is_set():
                _logger.warning("the lock of payment %s was lost while it was handled", payment_id)
            await hold.release()
