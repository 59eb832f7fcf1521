"""The payment's row is moved, and everybody is told: both, or neither."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from accord.ports.clock import Clock
from accord.ports.ids import Ids
from accord.ports.lock import FencingToken
from accord.ports.transactions import GlobalTransactions
from accord.services.payment.application.fence import explain_miss, log_change_of_source
from accord.services.payment.application.tellings import Telling
from accord.services.payment.application.transactions import Transactions
from accord.services.payment.domain.payment import Payment
from accord.services.payment.domain.repositories import Decision, Repositories


async def nothing_more(_: Repositories, __: datetime) -> None:
    """The row alone moves."""


@dataclass(frozen=True, slots=True)
class DecideAndTell:
    """Decides payments, each decision under a fresh gid."""

    global_transactions: GlobalTransactions
    transactions: Transactions
    clock: Clock
    ids: Ids

    async def __call__(
        self,
        seen: Payment,
        telling: Telling,
        token: FencingToken | None,
        then: Callable[[Repositories, datetime], Awaitable[None]] = nothing_more,
    ) -> None:
        """Move the row and do what belongs to it, in one transaction that is kept if and only if it is told.

        Raises AlreadyDecided when somebody else moved the row since it was `seen` (nothing was changed: read it again,
        choose again), StaleToken, DependencyUnavailable, DecisionUnknown, and whatever `then` raises.
        """
        gid, now = f"{telling.prefix}-{self.ids.fresh()}", self.clock.now()
        decision = Decision(seen.payment_id, telling.before, telling.after, gid, token)

        async def decide(rows: Repositories) -> None:
            if not await rows.payments.decide(decision, now):
                raise explain_miss(await rows.payments.find(seen.payment_id) or seen, token)
            await then(rows, now)

        message = telling.message(gid, seen.order_id)
        await self.global_transactions.decide(message, self.transactions.within(decide))
        log_change_of_source(seen.payment_id, token, seen.fence)
