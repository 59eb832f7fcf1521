"""All repositories over one transaction."""

from accord.ports.unit_of_work import SqlSession
from accord.services.payment.domain.repositories import Repositories
from accord.services.payment.infrastructure.persistence.ledger import SqlLedger
from accord.services.payment.infrastructure.persistence.payments import SqlPayments
from accord.services.payment.infrastructure.persistence.receipts import SqlReceipts
from accord.services.payment.infrastructure.persistence.refunds import SqlRefunds
from accord.services.payment.infrastructure.persistence.top_ups import SqlTopUps
from accord.services.payment.infrastructure.persistence.wallets import SqlWallets


def sql_repositories(session: SqlSession) -> Repositories:
    """Return the repositories that bootstrap gives to the use cases."""
    return Repositories(
        SqlPayments(session),
        SqlReceipts(session),
        SqlWallets(session),
        SqlTopUps(session),
        SqlLedger(session),
        SqlRefunds(session),
    )
