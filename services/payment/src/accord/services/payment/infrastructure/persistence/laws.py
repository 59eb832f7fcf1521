"""What must hold in the payment service's database at every moment: each law is a query for the rows that break it."""

# Accounts of customers are `wallet:<customer>` and `frozen:<customer>`: the name begins at the eighth character.
LAWS = {
    "ledger.sets-sum-to-zero": """
        select set_id, currency, sum(amount) from ledger_entry group by set_id, currency having sum(amount) <> 0""",
    "wallet.never-negative": """
        select customer_id, currency, available, frozen from wallet where available < 0 or frozen < 0""",
    "wallet.available-equals-ledger": """
        select customer_id, currency, sum(amount) from (
            select customer_id, currency, available as amount from wallet
            union all select substr(account, 8), currency, -amount from ledger_entry where account like 'wallet:%'
        ) as difference group by customer_id, currency having sum(amount) <> 0""",
    "wallet.frozen-equals-ledger": """
        select customer_id, currency, sum(amount) from (
            select customer_id, currency, frozen as amount from wallet
            union all select substr(account, 8), currency, -amount from ledger_entry where account like 'frozen:%'
        ) as difference group by customer_id, currency having sum(amount) <> 0""",
    "wallet.frozen-equals-frozen-payments": """
        select customer_id, currency, sum(amount) from (
            select customer_id, currency, frozen as amount from wallet
            union all select customer_id, currency, -amount from payment where status = 'FROZEN'
        ) as difference group by customer_id, currency having sum(amount) <> 0""",
    "wallet.top-ups-equal-funding": """
        select currency, sum(amount) from (
            select currency, amount from top_up
            union all select currency, amount from ledger_entry where account = 'funding'
        ) as difference group by currency having sum(amount) <> 0""",
    "payment.status-is-known": """
        select payment_id, method, status from payment where not (
            method = 'HOSTED' and status in ('PENDING', 'SUCCEEDED', 'DECLINED', 'VOIDED', 'EXPIRED', 'CANCELLED',
                'REFUNDING', 'REFUNDED', 'REFUND_FAILED')
            or method = 'WALLET' and status in ('FROZEN', 'SUCCEEDED', 'VOIDED', 'REFUNDING', 'REFUNDED'))""",
    "payment.decision-has-its-transaction": """
        select payment_id, status, decided_by from payment
        where (status in ('PENDING', 'FROZEN')) <> (decided_by = '')""",
    # One capture at most, and of the right sum.
    "payment.sold-exactly-once": """
        select payment.payment_id, status, payment.amount, count(entry_id), coalesce(sum(ledger_entry.amount), 0)
        from payment left join ledger_entry on ledger_entry.payment_id = payment.payment_id and account = 'sales'
            and ledger_entry.currency = payment.currency and ledger_entry.amount > 0
        group by payment.payment_id, payment.status, payment.amount
        having count(entry_id)
                <> case when payment.status in ('SUCCEEDED', 'REFUNDING', 'REFUNDED', 'REFUND_FAILED') then 1 else 0 end
            or coalesce(sum(ledger_entry.amount), 0)
                <> case when payment.status in ('SUCCEEDED', 'REFUNDING', 'REFUNDED', 'REFUND_FAILED')
                    then payment.amount else 0 end""",
    "payment.refunded-exactly-once": """
        select payment.payment_id, status, payment.amount, count(entry_id), coalesce(sum(ledger_entry.amount), 0)
        from payment left join ledger_entry on ledger_entry.payment_id = payment.payment_id and account = 'sales'
            and ledger_entry.currency = payment.currency and ledger_entry.amount < 0
        group by payment.payment_id, payment.status, payment.amount
        having count(entry_id) <> case when payment.status = 'REFUNDED' then 1 else 0 end
            or coalesce(sum(ledger_entry.amount), 0)
                <> case when payment.status = 'REFUNDED' then -payment.amount else 0 end""",
    "payment.sales-have-their-payment": """
        select ledger_entry.payment_id, ledger_entry.amount, ledger_entry.currency
        from ledger_entry left join payment on payment.payment_id = ledger_entry.payment_id
            and payment.currency = ledger_entry.currency
        where account = 'sales' and payment.payment_id is null""",
    # Its own receipt is the one that is not refunded for itself.
    "payment.hosted-success-has-its-receipt": """
        select payment.payment_id, payment.amount, sum(receipt.receipt_id is not null
            and coalesce(refund.kind, 'PAYMENT') = 'PAYMENT') as own
        from payment left join receipt on receipt.payment_id = payment.payment_id
            and receipt.amount = payment.amount and receipt.currency = payment.currency
            left join refund on refund.receipt_id = receipt.receipt_id
        where payment.status in ('SUCCEEDED', 'REFUNDING', 'REFUNDED', 'REFUND_FAILED') and method = 'HOSTED'
        group by payment.payment_id, payment.amount having own <> 1""",
    "payment.status-follows-its-refund": """
        select payment.payment_id, payment.status, refund.status
        from payment left join refund on refund.payment_id = payment.payment_id and kind = 'PAYMENT'
        where case coalesce(refund.status, '')
            when '' then payment.status in ('REFUNDING', 'REFUNDED', 'REFUND_FAILED')
            when 'PENDING' then payment.status <> 'REFUNDING'
            when 'DONE' then payment.status <> 'REFUNDED'
            when 'SETTLED' then payment.status <> 'REFUNDED'
            when 'FAILED' then payment.status <> 'REFUND_FAILED'
            else 1 end""",
    "receipt.status-follows-its-refund": """
        select receipt.receipt_id, receipt.status, refund.status
        from receipt left join refund on refund.receipt_id = receipt.receipt_id
        where receipt.status <> case coalesce(refund.status, '')
            when '' then 'APPLIED'
            when 'PENDING' then 'REFUND_DUE'
            when 'DONE' then 'REFUNDED'
            when 'FAILED' then 'REFUND_FAILED'
            when 'SETTLED' then 'SETTLED'
            else '' end""",
    "refund.has-its-payment-and-receipt": """
        select refund_id, refund.payment_id, refund.receipt_id, kind, refund.amount, refund.currency
        from refund left join payment on payment.payment_id = refund.payment_id and payment.currency = refund.currency
            left join receipt on receipt.receipt_id = refund.receipt_id and receipt.payment_id = refund.payment_id
                and receipt.amount = refund.amount and receipt.currency = refund.currency
        where payment.payment_id is null
            or kind not in ('PAYMENT', 'RECEIPT')
            or kind = 'PAYMENT' and refund.amount <> payment.amount
            or refund.receipt_id is not null and receipt.receipt_id is null
            or refund.receipt_id is null and (kind = 'RECEIPT' or method <> 'WALLET')""",
    "receipt.applied-has-its-payment": """
        select receipt_id, receipt.payment_id, receipt.amount, receipt.currency
        from receipt left join payment on payment.payment_id = receipt.payment_id and payment.status = 'SUCCEEDED'
            and method = 'HOSTED' and payment.amount = receipt.amount and payment.currency = receipt.currency
        where receipt.status = 'APPLIED' and payment.payment_id is null""",
    "receipt.sum-equals-provider": """
        select payment_id, currency, sum(amount) from (
            select payment_id, currency, amount from receipt where status <> 'REFUNDED'
            union all select payment_id, currency, amount from ledger_entry where account = 'provider'
        ) as difference group by payment_id, currency having sum(amount) <> 0""",
    "refund.due-equals-ledger": """
        select payment_id, currency, sum(amount) from (
            select payment_id, currency, amount from refund where kind = 'RECEIPT' and status in ('PENDING', 'FAILED')
            union all select payment_id, currency, -amount from ledger_entry where account = 'refunds-due'
        ) as difference group by payment_id, currency having sum(amount) <> 0""",
    "refund.settled-equals-ledger": """
        select payment_id, currency, sum(amount) from (
            select payment_id, currency, amount from refund where status = 'SETTLED'
            union all select payment_id, currency, -amount from ledger_entry where account = 'settlements'
        ) as difference group by payment_id, currency having sum(amount) <> 0""",
}
