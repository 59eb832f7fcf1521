"""The payment window ends, whoever forgot about it."""

import logging
from dataclasses import dataclass

from accord.ports.clock import Clock
from accord.ports.errors import PortError
from accord.ports.provider import PaymentProvider
from accord.services.payment.application import tellings
from accord.services.payment.application.decide_and_tell import DecideAndTell
from accord.services.payment.application.find_payment import find_payment
from accord.services.payment.application.for_each import for_each
from accord.services.payment.application.handle_callback import CallbackHandler
from accord.services.payment.application.payment_lock import PaymentLock
from accord.services.payment.application.transactions import Transactions
from accord.services.payment.domain.callback import Callback
from accord.services.payment.domain.errors import AlreadyDecided, CallbackRefused, StaleToken
from accord.services.payment.domain.payment import Payment, Status

# Worked on together, so this is also how many questions the provider gets at once.
BATCH = 32

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ExpirePayments:
    """Expires what is due, several at once; another replica may do the same at the same time."""

    provider: PaymentProvider
    transactions: Transactions
    lock: PaymentLock
    clock: Clock
    callbacks: CallbackHandler
    decide_and_tell: DecideAndTell

    async def __call__(self) -> None:
        """Take one batch, oldest first; a payment that cannot be asked about or told of now is left for the next."""
        now = self.clock.now()
        await for_each(await self.transactions.read(lambda rows: rows.payments.due(now, BATCH)), self._end)

    async def _end(self, due: Payment) -> None:
        payment_id = due.payment_id
        try:
            # A callback may be lost for good: the provider's book says whether it took the money.
            entries = await self.provider.book(payment_id)
            for entry in entries:
                outcome = await self.callbacks.handle(Callback(payment_id, entry.amount, entry.receipt_id))
                _logger.warning("payment %s stands in the provider's book, untold: %s", payment_id, outcome)
            if not entries:
                await self._expire(payment_id)
        except AlreadyDecided as decided:
            _logger.info("not expired: %s", decided)
        except CallbackRefused as error:
            # It stays due, and is said again, until somebody has looked.
            _logger.error("payment %s is due, and the provider's book has no sense: %s", payment_id, error)  # noqa: TRY400  # no fault of ours to trace
        except (PortError, StaleToken) as error:
            _logger.warning("payment %s is due, and left for the next round: %s", payment_id, error)

    async def _expire(self, payment_id: str) -> None:
        async with self.lock.hold(payment_id) as token:
            payment = await self.transactions.read(lambda rows: find_payment(rows.payments, payment_id=payment_id))
            if payment.status is Status.PENDING:
                await self.decide_and_tell(payment, tellings.EXPIRED, token)
