"""Where an order's payment is decided otherwise than by paying: payment keeps the row that decides."""

from typing import Protocol


class PaymentDesk(Protocol):
    """Asks payment, which tells the order and inventory by itself; repeating a request has one effect.

    Both methods raise PaymentRefused, and DependencyUnavailable when nobody answers in time.
    """

    async def cancel(self, payment_id: str) -> None:
        """Return when nobody can pay any more, because the customer cancelled."""
        ...

    async def refund(self, payment_id: str) -> None:
        """Return when the money is on its way back, was given back, or the provider's no stands in the books."""
        ...
