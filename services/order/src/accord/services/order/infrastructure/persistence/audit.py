"""The laws of the order service's database, each as a query for the rows that break it."""

from collections.abc import Sequence

from accord.ports.money import Money
from accord.ports.unit_of_work import SqlSession
from accord.services.order.application.audit import Law, OrderFact
from accord.services.order.infrastructure.persistence import times

# Enough to see what is wrong; a broken law may be broken by every row.
_SHOWN = 20

_LAWS = {
    "order.total-equals-lines": """
        select orders.order_id, orders.total, coalesce(sum(order_line.quantity * order_line.unit_price), 0)
        from orders left join order_line
            on order_line.order_id = orders.order_id and order_line.currency = orders.currency
        group by orders.order_id, orders.total
        having orders.total <> coalesce(sum(order_line.quantity * order_line.unit_price), 0)""",
    "order.lines-have-the-currency": """
        select orders.order_id, orders.currency, order_line.currency
        from orders join order_line on order_line.order_id = orders.order_id
        where order_line.currency <> orders.currency""",
    "order.status-is-known": """
        select order_id, status from orders where status not in ('CREATED', 'AWAITING_PAYMENT', 'PAID', 'CLOSED')""",
    "order.succeeded-attempt-has-its-order": """
        select attempt.order_id, attempt.gid from attempt left join orders on orders.order_id = attempt.order_id
        where attempt.outcome = 'SUCCEEDED' and orders.order_id is null""",
    "order.rolled-back-attempt-has-no-open-order": """
        select orders.order_id, orders.status from attempt join orders on orders.order_id = attempt.order_id
        where attempt.outcome = 'ROLLED_BACK' and orders.status <> 'CLOSED'""",
    "order.refund-is-due-only-when-closed": """
        select order_id, status from orders where refund_due <> 0 and status <> 'CLOSED'""",
}


class SqlAudit:
    """Implements accord.services.order.application.audit.AuditRepository in one open transaction."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def laws(self) -> Sequence[Law]:
        """Return every law of this database."""
        laws = []
        for name, query in _LAWS.items():
            result = await self._session.execute(f"{query} limit ?", _SHOWN)
            laws.append(Law(name, [", ".join(str(value) for value in row) for row in result.rows]))
        return laws

    async def facts(self) -> Sequence[OrderFact]:
        """Return every order."""
        result = await self._session.execute(
            "select order_id, status, total, currency, payment_method, gid, close_reason, changed_at, refund_due "
            "from orders order by order_id"
        )
        return [
            OrderFact(
                order_id,
                status,
                Money(total, currency),
                method,
                gid,
                reason,
                times.from_row(changed_at),
                bool(refund_due),
            )
            for order_id, status, total, currency, method, gid, reason, changed_at, refund_due in result.rows
        ]
