"""What must hold in the inventory service's database at every moment: each law queries for the rows that break it."""

LAWS = {
    "stock.reserved-equals-reservations": """
        select sku, sum(pieces) from (
            select sku, reserved as pieces from item
            union all select reservation_line.sku, -reservation_line.quantity
                from reservation_line join reservation on reservation.order_id = reservation_line.order_id
                where reservation.status = 'RESERVED'
        ) as difference group by sku having sum(pieces) <> 0""",
    "stock.on-hand-equals-movements": """
        select sku, sum(pieces) from (
            select sku, on_hand as pieces from item
            union all select sku, -delta from stock_movement
        ) as difference group by sku having sum(pieces) <> 0""",
    "stock.reserved-is-on-hand": """
        select sku, on_hand, reserved from item where reserved < 0 or reserved > on_hand""",
    "stock.sales-equal-commitments": """
        select sku, sum(pieces) from (
            select sku, delta as pieces from stock_movement where kind = 'SALE'
            union all select reservation_line.sku, reservation_line.quantity
                from reservation_line join reservation on reservation.order_id = reservation_line.order_id
                where reservation.status in ('COMMITTED', 'RETURNED')
        ) as difference group by sku having sum(pieces) <> 0""",
    "stock.returns-equal-returned-reservations": """
        select sku, sum(pieces) from (
            select sku, delta as pieces from stock_movement where kind = 'RETURN'
            union all select reservation_line.sku, -reservation_line.quantity
                from reservation_line join reservation on reservation.order_id = reservation_line.order_id
                where reservation.status = 'RETURNED'
        ) as difference group by sku having sum(pieces) <> 0""",
    "reservation.status-is-known": """
        select order_id, status from reservation
        where status not in ('RESERVED', 'COMMITTED', 'RELEASED', 'RETURNED')""",
    "reservation.has-lines-of-one-currency": """
        select reservation.order_id, count(distinct currency)
        from reservation left join reservation_line on reservation_line.order_id = reservation.order_id
        group by reservation.order_id having count(distinct currency) <> 1""",
}
