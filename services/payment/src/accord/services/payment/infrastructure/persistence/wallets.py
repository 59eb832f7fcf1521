"""The wallet table: a customer's balance in each currency."""

from accord.ports.money import Money
from accord.ports.unit_of_work import SqlSession
from accord.services.payment.domain.wallet import LARGEST_BALANCE, Balance


class SqlWallets:
    """Implements accord.services.payment.domain.repositories.WalletRepository."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def top_up(self, customer_id: str, amount: Money) -> bool:
        """Add to what is available, unless the balance would grow too large."""
        owner = (customer_id, amount.currency)
        await self._session.execute(
            "insert into wallet (customer_id, currency, available, frozen) values (?, ?, 0, 0)"
            " on conflict (customer_id, currency) do nothing",
            *owner,
        )
        result = await self._session.execute(
            "update wallet set available = available + ?"
            " where customer_id = ? and currency = ? and available + frozen <= ?",
            amount.minor,
            *owner,
            LARGEST_BALANCE - amount.minor,
        )
        return result.row_count == 1

    async def freeze(self, customer_id: str, amount: Money) -> bool:
        """Set aside, unless less is available."""
        result = await self._session.execute(
            "update wallet set available = available - ?, frozen = frozen + ?"
            " where customer_id = ? and currency = ? and available >= ?",
            amount.minor,
            amount.minor,
            customer_id,
            amount.currency,
            amount.minor,
        )
        return result.row_count == 1

    async def capture(self, customer_id: str, amount: Money) -> None:
        """Spend what was set aside."""
        await self._session.execute(
            "update wallet set frozen = frozen - ? where customer_id = ? and currency = ?",
            amount.minor,
            customer_id,
            amount.currency,
        )

    async def unfreeze(self, customer_id: str, amount: Money) -> None:
        """Make available again what was set aside."""
        await self._session.execute(
            "update wallet set frozen = frozen - ?, available = available + ? where customer_id = ? and currency = ?",
            amount.minor,
            amount.minor,
            customer_id,
            amount.currency,
        )

    async def give_back(self, customer_id: str, amount: Money) -> None:
        """Add to what is available what came from there."""
        await self._session.execute(
            "update wallet set available = available + ? where customer_id = ? and currency = ?",
            amount.minor,
            customer_id,
            amount.currency,
        )

    async def balances(self, customer_id: str) -> list[Balance]:
        """Return one balance a currency."""
        result = await self._session.execute(
            "select currency, available, frozen from wallet where customer_id = ? order by currency", customer_id
        )
        return [
            Balance(Money(available, currency), Money(frozen, currency)) for currency, available, frozen in result.rows
        ]
