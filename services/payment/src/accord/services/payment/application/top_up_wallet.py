"""Money comes into a wallet."""

from datetime import datetime

from accord.services.payment.domain import ledger
from accord.services.payment.domain.errors import IdempotencyKeyReused, WalletFull
from accord.services.payment.domain.repositories import Repositories
from accord.services.payment.domain.wallet import LARGEST_BALANCE, Balance, TopUp


async def top_up_wallet(top_up: TopUp, repositories: Repositories, now: datetime) -> Balance:
    """Add the amount once a key, and return the balance as it stands now.

    Raises IdempotencyKeyReused when the key stands for another amount, WalletFull.
    """
    if await repositories.top_ups.add(top_up, now):
        if not await repositories.wallets.top_up(top_up.customer_id, top_up.amount):
            raise WalletFull(f"a wallet holds {LARGEST_BALANCE} {top_up.amount.currency} minor units at most")
        await repositories.ledger.post(ledger.topped_up(top_up), now)
    elif await repositories.top_ups.find(top_up.customer_id, top_up.idempotency_key) != top_up:
        raise IdempotencyKeyReused(f"the key {top_up.idempotency_key} stands for another top-up")
    balances = await repositories.wallets.balances(top_up.customer_id)
    return next(balance for balance in balances if balance.available.currency == top_up.amount.currency)
