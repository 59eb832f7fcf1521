"""The orders."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from accord.ports.unit_of_work import SqlSession, Value
from accord.services.order.domain.order import ENTERED_FROM, UNPAID, Order, OrderLine, OrderStatus
from accord.services.order.domain.repositories import Position
from accord.services.order.infrastructure.persistence import times
from accord.services.order.infrastructure.persistence.order_rows import LINE_COLUMNS, ORDER_COLUMNS, line_of, order_of


class SqlOrders:
    """Implements accord.services.order.domain.repositories.OrderRepository in one open transaction."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def add(self, order: Order) -> None:
        """Insert the order and its lines."""
        values = (
            order.order_id,
            order.customer_id,
            order.status,
            order.total.minor,
            order.total.currency,
            order.payment_method,
            order.payment_id,
            order.gid,
            order.close_reason,
            int(order.refund_due),
            times.to_row(order.created_at),
            times.to_row(order.changed_at),
        )
        await self._session.execute(f"insert into orders ({ORDER_COLUMNS}) values ({_marks(values)})", *values)
        for number, line in enumerate(order.lines):
            price = line.unit_price
            await self._session.execute(
                f"insert into order_line (order_id, line_no, {LINE_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?)",
                order.order_id,
                number,
                line.sku,
                line.quantity,
                price.minor,
                price.currency,
                line.price_version,
            )

    async def find(self, order_id: str) -> Order | None:
        """Return the order, None if there is no row."""
        result = await self._session.execute(f"select {ORDER_COLUMNS} from orders where order_id = ?", order_id)
        orders = await self._with_lines(result.rows)
        return orders[0] if orders else None

    async def page(
        self, customer_id: str, status: OrderStatus | None, behind: Position | None, limit: int
    ) -> Sequence[Order]:
        """Return up to `limit` orders, newest first; an empty customer and no status leave all in."""
        conditions = ["1 = 1"]
        values: list[Value] = []
        if customer_id:
            conditions.append("customer_id = ?")
            values.append(customer_id)
        if status is not None:
            conditions.append("status = ?")
            values.append(status)
        if behind is not None:
            conditions.append("(created_at < ? or created_at = ? and order_id < ?)")
            at = times.to_row(behind.created_at)
            values += [at, at, behind.order_id]
        result = await self._session.execute(
            f"select {ORDER_COLUMNS} from orders where {' and '.join(conditions)} "
            "order by created_at desc, order_id desc limit ?",
            *values,
            limit,
        )
        return await self._with_lines(result.rows)

    async def count_unpaid(self, customer_id: str) -> int:
        """Return how many orders of the customer are not paid and not closed."""
        unpaid = sorted(UNPAID)
        result = await self._session.execute(
            f"select count(*) from orders where customer_id = ? and status in ({_marks(unpaid)})", customer_id, *unpaid
        )
        return int(result.rows[0][0])

    async def advance(self, order_id: str, to: OrderStatus, at: datetime, close_reason: str = "") -> bool:
        """Move the order if `ENTERED_FROM` allows it, after which no refund is due; False if not, nothing changed."""
        allowed = sorted(ENTERED_FROM[to])
        result = await self._session.execute(
            "update orders set status = ?, close_reason = ?, refund_due = 0, changed_at = ? "
            f"where order_id = ? and status in ({_marks(allowed)})",
            to,
            close_reason,
            times.to_row(at),
            order_id,
            *allowed,
        )
        return result.row_count == 1

    async def mark_refund_due(self, order_id: str, at: datetime) -> bool:
        """Remember that a closed order was paid; False, and nothing changed, if it is not closed or it was known."""
        result = await self._session.execute(
            "update orders set refund_due = 1, changed_at = ? where order_id = ? and status = ? and refund_due = 0",
            times.to_row(at),
            order_id,
            OrderStatus.CLOSED,
        )
        return result.row_count == 1

    async def refunds_due(self, limit: int) -> Sequence[Order]:
        """Return up to `limit` orders that are closed and were paid, those first that wait the longest."""
        result = await self._session.execute(
            f"select {ORDER_COLUMNS} from orders where refund_due = 1 order by changed_at limit ?", limit
        )
        return await self._with_lines(result.rows)

    async def refund_requested(self, order_id: str) -> None:
        """Forget that a refund was due: payment has answered."""
        await self._session.execute("update orders set refund_due = 0 where order_id = ?", order_id)

    async def explain(self, order_id: str, close_reason: str) -> None:
        """Give a closed order its reason where it has none."""
        await self._session.execute(
            "update orders set close_reason = ? where order_id = ? and status = ? and close_reason = ''",
            close_reason,
            order_id,
            OrderStatus.CLOSED,
        )

    async def _with_lines(self, rows: Sequence[Sequence[Any]]) -> list[Order]:
        if not rows:
            return []
        ids = [row[0] for row in rows]
        result = await self._session.execute(
            f"select order_id, {LINE_COLUMNS} from order_line where order_id in ({_marks(ids)}) "
            "order by order_id, line_no",
            *ids,
        )
        lines: defaultdict[str, list[OrderLine]] = defaultdict(list)
        for order_id, *line in result.rows:
            lines[order_id].append(line_of(line))
        return [order_of(row, lines[row[0]]) for row in rows]


def _marks(values: Iterable[Value]) -> str:
    return ", ".join("?" for _ in values)
