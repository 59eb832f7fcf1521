"""Look a payment up."""

from accord.services.payment.domain.errors import PaymentNotFound
from accord.services.payment.domain.payment import Payment
from accord.services.payment.domain.repositories import PaymentRepository


async def find_payment(payments: PaymentRepository, *, payment_id: str = "", order_id: str = "") -> Payment:
    """Return the payment of this id, or else of this order; raises PaymentNotFound."""
    payment = await (payments.find(payment_id) if payment_id else payments.find_by_order(order_id))
    if payment is None:
        raise PaymentNotFound(f"no payment {payment_id}" if payment_id else f"no payment for order {order_id}")
    return payment
