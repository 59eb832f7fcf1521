"""All repositories over one open transaction."""

from accord.ports.unit_of_work import SqlSession
from accord.services.inventory.domain.repositories import Repositories
from accord.services.inventory.infrastructure.persistence.items import SqlItems
from accord.services.inventory.infrastructure.persistence.movements import SqlMovements
from accord.services.inventory.infrastructure.persistence.reservations import SqlReservations


def sql_repositories(session: SqlSession) -> Repositories:
    """Return the repositories that bootstrap gives to the use cases."""
    return Repositories(SqlItems(session), SqlMovements(session), SqlReservations(session))
