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
        select payment_id, method, status from payment
        where not (method = 'HOSTED'
                and status in ('PENDING', 'SUCCEEDED', 'DECLINED', 'VOIDED', 'EXPIRED', 'CANCELLED')
            or method = 'WALLET' and status in ('FROZEN', 'SUCCEEDED', 'VOIDED'))""",
    "payment.decision-has-its-transaction": """
        select payment_id, status, decided_by from payment
        where (status in ('PENDING', 'FROZEN')) <> (decided_by = '')""",
    # One capture at most, and of the right sum.
    "payment.sold-exactly-once": """
        select payment.payment_id, status, payment.amount, count(entry_id), coalesce(sum(ledger_entry.amount), 0)
        from payment left join ledger_entry on ledger_entry.payment_id = payment.payment_id and account = 'sales'
            and ledger_entry.currency = payment.currency
        group by payment.payment_id, payment.status, payment.amount
        having count(entry_id) <> case when payment.status = 'SUCCEEDED' then 1 else 0 end
            or coalesce(sum(ledger_entry.amount), 0)
                <> case when payment.status = 'SUCCEEDED' then payment.amount else 0 end""",
    "payment.sales-have-their-payment": """
        select ledger_entry.payment_id, ledger_entry.amount, ledger_entry.currency
        from ledger_entry left join payment on payment.payment_id = ledger_entry.payment_id
            and payment.currency = ledger_entry.currency
        where account = 'sales' and payment.payment_id is null""",
    "payment.hosted-success-has-its-receipt": """
        select payment.payment_id, payment.amount, count(receipt_id)
        from payment left join receipt on receipt.payment_id = payment.payment_id and receipt.status = 'APPLIED'
            and receipt.amount = payment.amount and receipt.currency = payment.currency
        where payment.status = 'SUCCEEDED' and method = 'HOSTED'
        group by payment.payment_id, payment.amount having count(receipt_id) <> 1""",
    "receipt.status-is-known": """
        select receipt_id, status from receipt where status not in ('APPLIED', 'REFUND_DUE')""",
    "receipt.applied-has-its-payment": """
        select receipt_id, receipt.payment_id, receipt.amount, receipt.currency
        from receipt left join payment on payment.payment_id = receipt.payment_id and payment.status = 'SUCCEEDED'
            and method = 'HOSTED' and payment.amount = receipt.amount and payment.currency = receipt.currency
        where receipt.status = 'APPLIED' and payment.payment_id is null""",
    "receipt.sum-equals-provider": """
        select payment_id, currency, sum(amount) from (
            select payment_id, currency, amount from receipt
            union all select payment_id, currency, amount from ledger_entry where account = 'provider'
        ) as difference group by payment_id, currency having sum(amount) <> 0""",
    "receipt.refund-due-equals-ledger": """
        select payment_id, currency, sum(amount) from (
            select payment_id, currency, amount from receipt where status = 'REFUND_DUE'
            union all select payment_id, currency, -amount from ledger_entry where account = 'refunds-due'
        ) as difference group by payment_id, currency having sum(amount) <> 0""",
}
