"""The customer goes to the provider to pay."""

import logging
from dataclasses import dataclass

from accord.ports.clock import Clock
from accord.ports.lock import FencingToken
from accord.ports.provider import CheckoutSession, PaymentProvider
from accord.services.payment.application.fence import is_stale, log_change_of_source
from accord.services.payment.application.find_payment import find_payment
from accord.services.payment.application.payment_lock import PaymentLock
from accord.services.payment.application.transactions import Transactions
from accord.services.payment.domain.errors import NotPayable, StaleToken
from accord.services.payment.domain.payment import Method, Payment, Status

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Checkout:
    """Makes the session at the provider at the first call; every later call returns the same one."""

    provider: PaymentProvider
    transactions: Transactions
    lock: PaymentLock
    clock: Clock

    async def open(self, payment_id: str) -> CheckoutSession:
        """Return where the customer pays.

        Raises PaymentNotFound, NotPayable, StaleToken (call again) or DependencyUnavailable.
        """
        async with self.lock.hold(payment_id) as token:
            payment = await self._payment(payment_id)
            if payment.method is not Method.HOSTED or payment.status is not Status.PENDING:
                raise NotPayable(f"payment {payment_id} is {payment.status} ({payment.method})")
            if payment.checkout is not None:
                return payment.checkout
            # The payment's id is the provider's key, so whoever loses the race below holds the same session.
            session = await self.provider.checkout(payment_id, payment.amount)
            await self._keep(session, payment, token)
            return session

    async def _payment(self, payment_id: str) -> Payment:
        return await self.transactions.read(lambda rows: find_payment(rows.payments, payment_id=payment_id))

    async def _keep(self, checkout: CheckoutSession, seen: Payment, token: FencingToken | None) -> None:
        now = self.clock.now()
        if await self.transactions.run(lambda rows: rows.payments.keep_checkout(seen.payment_id, checkout, token, now)):
            log_change_of_source(seen.payment_id, token, seen.fence)
            return
        current = await self._payment(seen.payment_id)
        if current.checkout is None and is_stale(token, current.fence):
            _logger.warning("a stale fencing token was refused: %s is older than %s", token, current.fence)
            raise StaleToken(f"payment {seen.payment_id}: token {token} is older than {current.fence}")
