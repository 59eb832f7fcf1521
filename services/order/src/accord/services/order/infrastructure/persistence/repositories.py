"""All repositories of one open transaction."""

from accord.ports.unit_of_work import SqlSession
from accord.services.order.domain.repositories import Repositories
from accord.services.order.infrastructure.persistence.attempts import SqlAttempts
from accord.services.order.infrastructure.persistence.orders import SqlOrders


def sql_repositories(session: SqlSession) -> Repositories:
    """Return the repositories over the transaction."""
    return Repositories(SqlOrders(session), SqlAttempts(session))
