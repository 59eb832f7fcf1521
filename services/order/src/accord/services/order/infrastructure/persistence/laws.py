"""What must hold in the order service's database at every moment: each law queries for the rows that break it."""

LAWS = {
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
        select order_id, status from orders where status not in
            ('CREATED', 'AWAITING_PAYMENT', 'PAID', 'CLOSED', 'REFUNDING', 'REFUNDED', 'REFUND_FAILED')""",
    "order.succeeded-attempt-has-its-order": """
        select attempt.order_id, attempt.gid from attempt left join orders on orders.order_id = attempt.order_id
        where attempt.outcome = 'SUCCEEDED' and orders.order_id is null""",
    "order.rolled-back-attempt-has-no-open-order": """
        select orders.order_id, orders.status from attempt join orders on orders.order_id = attempt.order_id
        where attempt.outcome = 'ROLLED_BACK' and orders.status not in ('CLOSED', 'REFUNDED', 'REFUND_FAILED')""",
    "order.refund-is-due-only-when-closed": """
        select order_id, status from orders where refund_due <> 0 and status <> 'CLOSED'""",
}
