"""Place an order: quote, make the flow, commit the attempt, run it, write down its outcome, show the order."""

from dataclasses import dataclass

from accord.ports.clock import Clock
from accord.ports.crash import CrashPoints
from accord.ports.errors import DependencyUnavailable
from accord.ports.flow import Saga, Tcc
from accord.ports.lock import DistributedLock
from accord.ports.transactions import GlobalTransactions, NotStored, Outcome, RolledBack, StillRunning, Succeeded
from accord.services.order.application.commands import AwaitPayment, CreateOrder, FreezeFunds, OpenPayment, ReserveStock
from accord.services.order.application.journal import Journal
from accord.services.order.application.turn import turn
from accord.services.order.domain.attempt import Attempt, AttemptOutcome
from accord.services.order.domain.errors import IdempotencyKeyReused
from accord.services.order.domain.new_order import NewOrder, draw_up
from accord.services.order.domain.order import Order, PaymentMethod
from accord.services.order.domain.order_request import OrderRequest
from accord.services.order.domain.price_list import PriceList

# Crash points: the attempt is kept and nothing was sent; the outcome is kept and the customer was not told.
AFTER_ATTEMPT = "order.place:after-attempt"
AFTER_OUTCOME = "order.place:after-outcome"


def placing(order: NewOrder) -> Saga | Tcc:
    """Return the flow that places an order."""
    create = CreateOrder(order)
    reserve = ReserveStock(order.order_id, order.lines)
    match order.payment_method:
        case PaymentMethod.HOSTED:
            opening = OpenPayment(order.payment_id, order.order_id, order.customer_id, order.total)
            return Saga("place-hosted", order.gid, (create, reserve, opening, AwaitPayment(order.order_id)))
        case PaymentMethod.WALLET:
            # Confirmed in reverse: the order is paid when the money is taken and the goods are out of the house.
            freeze = FreezeFunds(order.payment_id, order.order_id, order.customer_id, order.total)
            return Tcc("place-wallet", order.gid, (create, reserve, freeze))


@dataclass(frozen=True, slots=True)
class PlaceOrder:
    """Places each requested order once, however often it is requested, also across the death of this process.

    A business "no" is an order that is CLOSED with its reason. Raises IdempotencyKeyReused, InvalidOrder, UnknownItem;
    DependencyUnavailable when the transaction could not be started: the same request, sent again, goes on from there.
    """

    prices: PriceList
    transactions: GlobalTransactions
    journal: Journal
    lock: DistributedLock
    clock: Clock
    crash_points: CrashPoints

    async def __call__(self, request: OrderRequest) -> Order:
        """Return how the order stands when its transaction has ended, or will not end soon."""
        async with turn(self.lock, f"place/{request.order_id}"):
            attempt = await self.journal.attempt(request)
            if attempt is not None:
                return await self._go_on(request, attempt)

            quoted = await self.prices.quote(request.unpriced) if request.unpriced else {}
            order = draw_up(request, quoted)
            flow = self.transactions.freeze(placing(order))

            attempt = Attempt(
                request.customer_id, request.idempotency_key, request.digest, order, flow, self.clock.now()
            )
            faster = await self.journal.begin(attempt)
            if faster is not None:
                return await self._go_on(request, faster)
            self.crash_points.reach(AFTER_ATTEMPT)

            return await self._end(attempt, await self.transactions.run(flow))

    async def _go_on(self, request: OrderRequest, attempt: Attempt) -> Order:
        """Answer a repeat: a finished attempt is never sent again, and an unfinished one is sent as it was stored."""
        if attempt.request_digest != request.digest:
            raise IdempotencyKeyReused(request.idempotency_key)
        if attempt.outcome is not None:
            return await self.journal.order(request.order_id)
        return await self._end(attempt, await self.transactions.resume(attempt.flow))

    async def _end(self, attempt: Attempt, outcome: Outcome) -> Order:
        order_id = attempt.order.order_id
        match outcome:
            case Succeeded():
                await self.journal.conclude(order_id, AttemptOutcome.SUCCEEDED)
            case RolledBack(reason):
                await self.journal.conclude(order_id, AttemptOutcome.ROLLED_BACK, reason)
            case StillRunning():
                return await self.journal.order(order_id)
            case NotStored(reason):
                raise DependencyUnavailable("transaction coordinator", reason)
        self.crash_points.reach(AFTER_OUTCOME)
        return await self.journal.order(order_id)
