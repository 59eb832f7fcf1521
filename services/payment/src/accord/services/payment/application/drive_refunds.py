"""The provider is asked for each refund until it says yes or no."""

import logging
from dataclasses import dataclass
from datetime import datetime

from accord.ports.clock import Clock
from accord.ports.errors import PortError
from accord.ports.provider import PaymentProvider, RefundAnswer, RefundDone, RefundPending, RefundRefused
from accord.services.payment.application import tellings
from accord.services.payment.application.decide_and_tell import DecideAndTell
from accord.services.payment.application.end_refund import end_refund
from accord.services.payment.application.find_payment import find_payment
from accord.services.payment.application.for_each import for_each
from accord.services.payment.application.payment_lock import PaymentLock
from accord.services.payment.application.transactions import Transactions
from accord.services.payment.domain.errors import AlreadyDecided, StaleToken
from accord.services.payment.domain.payment import Status
from accord.services.payment.domain.refund import LONGEST_REASON, Refund, RefundKind, RefundStatus, pause_after
from accord.services.payment.domain.repositories import Repositories

# Worked on together, so this is also how many questions the provider gets at once.
BATCH = 32

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DriveRefunds:
    """Drives what is due, several at once; another replica may do the same: the provider's key and the rows decide."""

    provider: PaymentProvider
    transactions: Transactions
    lock: PaymentLock
    clock: Clock
    decide_and_tell: DecideAndTell

    async def __call__(self) -> None:
        """Take one batch, those that waited longest first."""
        now = self.clock.now()
        await for_each(await self.transactions.read(lambda rows: rows.refunds.due(now, BATCH)), self._drive)

    async def _drive(self, refund: Refund) -> None:
        try:
            ended = await self._ask_and_end(refund)
        except AlreadyDecided as decided:
            _logger.info("another poller ended it: %s", decided)
            ended = True
        except (PortError, StaleToken) as error:
            _logger.warning("refund %s is left for a later round: %s", refund.refund_id, error)
            ended = False
        if not ended:
            now = self.clock.now()
            until = now + pause_after(refund.tries)
            await self.transactions.run(lambda rows: rows.refunds.postpone(refund, until, now))

    async def _ask_and_end(self, refund: Refund) -> bool:
        match await self._ask(refund):
            case RefundDone():
                await self._end(refund, RefundStatus.DONE, "")
            case RefundRefused(reason):
                _logger.error("refund %s of payment %s is refused: %s", refund.refund_id, refund.payment_id, reason)
                await self._end(refund, RefundStatus.FAILED, reason[:LONGEST_REASON])
            case RefundPending():
                return False
        return True

    async def _ask(self, refund: Refund) -> RefundAnswer:
        if refund.receipt_id is None:
            # The wallet's money is ours to give.
            return RefundDone()
        return await self.provider.refund(refund.refund_id, refund.receipt_id, refund.amount)

    async def _end(self, refund: Refund, end: RefundStatus, reason: str) -> None:
        async with self.lock.hold(refund.payment_id) as token:
            payment = await self.transactions.read(
                lambda rows: find_payment(rows.payments, payment_id=refund.payment_id)
            )

            async def move(rows: Repositories, now: datetime) -> None:
                await end_refund(refund, payment, end, reason, rows, now)

            if refund.kind is RefundKind.RECEIPT:
                # Nobody else knows of that money.
                now = self.clock.now()
                await self.transactions.run(lambda rows: move(rows, now))
            elif payment.status is Status.REFUNDING:
                done = end is RefundStatus.DONE
                telling = tellings.REFUND_FINISHED if done else tellings.REFUND_FAILED
                await self.decide_and_tell(payment, telling, token, move)
