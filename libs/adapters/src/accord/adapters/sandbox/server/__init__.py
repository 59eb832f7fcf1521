"""The sandbox provider: takes pretended money, keeps a book of it, and tells the shop by signed callbacks.

HTTP API, JSON in and out; errors are `{"error": {"code", "message"}}`:

* `POST /v1/checkouts` `{"payment_id", "amount_minor", "currency"}` → `{"checkout_id", "url"}`.
  The payment id is the key: a repeat finds the same session.
* `POST /v1/checkouts/{checkout_id}/pay` `{"outcome": "succeed" | "decline", "faults": {…}, "wait": seconds}` plays the
  customer. Answers `{"receipt_id", "answers": [{"status", "body"}]}` when the shop did, or when `wait` is over.
  Faults: `deliveries` (the same callback that many times), `concurrently` (all at once), `lose` (never sent),
  `charge_again` (a second receipt for a paid session).
* `GET /v1/book?payment_id=` → `{"entries": [{"receipt_id", "payment_id", "amount_minor", "currency",
  "refunded_minor"}]}`. Without the filter, everything.
* `POST /v1/refunds` `{"refund_id", "receipt_id", "amount_minor", "currency"}` →
  `{"status": "pending" | "done" | "refused", "reason"}`. The refund id is the key: a repeat asks how it goes. Refused
  for good: `UNKNOWN_RECEIPT`, `MORE_THAN_TAKEN`, and `BY_BEHAVIOUR`.
* `GET /v1/refunds/{refund_id}` → the same answer.
* `POST /v1/behaviour` `{"refunds": "done" | "slow" | "refuse"}` sets what becomes of refunds first asked for from now
  on, until the provider is started again; a slow one is pending the first two times.
* `GET /healthz` → `{"status": "ok"}`.

A callback is `{"type": "payment.succeeded" | "payment.declined", "data": {"payment_id", "receipt_id", "amount_minor",
"currency"}}`, signed as Standard Webhooks. It is sent at least once: until it is answered 2xx, or given up after its
last attempt.
"""
