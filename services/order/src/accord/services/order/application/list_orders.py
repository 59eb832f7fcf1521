"""List orders, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from accord.ports.unit_of_work import SqlSession, UnitOfWork
from accord.services.order.domain.order import Order, OrderStatus
from accord.services.order.domain.repositories import Position, RepositoriesOf


@dataclass(frozen=True, slots=True)
class OrderPage:
    """`behind` is where the next page starts, None on the last one."""

    orders: Sequence[Order]
    behind: Position | None


@dataclass(frozen=True, slots=True)
class ListOrders:
    """Pages keep their place while orders are added: each starts behind the last order of the one before."""

    unit_of_work: UnitOfWork
    repositories: RepositoriesOf

    async def __call__(
        self, customer_id: str, status: OrderStatus | None, behind: Position | None, size: int
    ) -> OrderPage:
        """Return up to `size` orders; an empty customer and no status leave all in."""

        async def work(session: SqlSession) -> Sequence[Order]:
            # One more than asked for tells whether there is another page.
            return await self.repositories(session).orders.page(customer_id, status, behind, size + 1)

        found = await self.unit_of_work.read(work)
        orders = found[:size]
        more = len(found) > size
        return OrderPage(orders, Position(orders[-1].created_at, orders[-1].order_id) if more else None)
