"""Every error of the order domain.

::

    OrderError
    ├── Refusal                 the business "no" of a step that may refuse
    │   └── InvalidOrder        an order that could never be placed, whoever asks and whenever
    ├── UnknownItem             an sku that inventory does not know
    ├── IdempotencyKeyReused    the key was used for another request
    ├── OrderNotFound           there is no order of this id
    └── PaymentRefused          payment does not cancel or refund
        ├── AlreadyPaid         nothing can be cancelled any more; it can be refunded
        ├── AlreadyClosed       nobody paid, and nobody can
        ├── NotPaid             there is nothing to give back
        └── PaymentNotOpen      there is no payment: the order is still being placed, or was refused
"""


class OrderError(Exception):
    """The root of everything that the order domain raises."""


class Refusal(OrderError):
    """`reason` is in UPPER_SNAKE and becomes the order's close reason."""

    def __init__(self, reason: str, explanation: str) -> None:
        super().__init__(f"{reason}: {explanation}")
        self.reason = reason


class InvalidOrder(Refusal):
    """Raised before anything is stored, and by Create for a payload that another program made."""


class UnknownItem(OrderError):
    """Says which sku is not known."""


class IdempotencyKeyReused(OrderError):
    """The key belongs to another request of the same customer."""

    def __init__(self, key: str) -> None:
        super().__init__(f"the idempotency key {key!r} was used for another order; choose a new one")


class OrderNotFound(OrderError):
    """Nobody placed an order with this id."""

    def __init__(self, order_id: str) -> None:
        super().__init__(f"there is no order {order_id}")


class PaymentRefused(OrderError):
    """Says why, in payment's own words; the order is as it was."""


class AlreadyPaid(PaymentRefused):
    """Refund it instead."""


class AlreadyClosed(PaymentRefused):
    """It was declined, expired, cancelled or voided before."""


class NotPaid(PaymentRefused):
    """Nobody has paid yet."""


class PaymentNotOpen(PaymentRefused):
    """Nothing was asked of the customer."""
