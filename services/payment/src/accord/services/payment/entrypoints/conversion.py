"""Between the messages of the payment service and its domain."""

from accord.money.v1 import money_pb2
from accord.payment.v1 import payment_branch_pb2, payment_pb2
from accord.ports.money import Money
from accord.services.payment.application.commands import BranchCommand
from accord.services.payment.domain.payment import Payment, Status
from accord.services.payment.domain.wallet import Balance, TopUp

_STATUS = {
    Status.PENDING: payment_pb2.PAYMENT_STATUS_PENDING,
    Status.FROZEN: payment_pb2.PAYMENT_STATUS_FROZEN,
    Status.SUCCEEDED: payment_pb2.PAYMENT_STATUS_SUCCEEDED,
    Status.DECLINED: payment_pb2.PAYMENT_STATUS_DECLINED,
    Status.VOIDED: payment_pb2.PAYMENT_STATUS_VOIDED,
    Status.EXPIRED: payment_pb2.PAYMENT_STATUS_EXPIRED,
    Status.CANCELLED: payment_pb2.PAYMENT_STATUS_CANCELLED,
    Status.REFUNDING: payment_pb2.PAYMENT_STATUS_REFUNDING,
    Status.REFUNDED: payment_pb2.PAYMENT_STATUS_REFUNDED,
    Status.REFUND_FAILED: payment_pb2.PAYMENT_STATUS_REFUND_FAILED,
}


def command_of(message: payment_branch_pb2.PaymentBranchRequest) -> BranchCommand:
    """Read what a branch operation is about; an undo reads whatever it is given."""
    return BranchCommand(message.payment_id, message.order_id, message.customer_id, _money_of(message.amount))


def top_up_of(message: payment_pb2.TopUpWalletRequest) -> TopUp:
    """Read a valid request."""
    return TopUp(message.customer_id, message.idempotency_key, _money_of(message.amount))


def payment_message(payment: Payment) -> payment_pb2.Payment:
    """Write a payment; a wallet payment never expires."""
    message = payment_pb2.Payment(
        payment_id=payment.payment_id,
        order_id=payment.order_id,
        customer_id=payment.customer_id,
        status=_STATUS[payment.status],
        amount=money_message(payment.amount),
        decided_by=payment.decided_by,
    )
    if payment.expires_at is not None:
        message.expires_at.FromDatetime(payment.expires_at)
    return message


def balance_message(balance: Balance) -> payment_pb2.WalletBalance:
    """Write a balance."""
    return payment_pb2.WalletBalance(available=money_message(balance.available), frozen=money_message(balance.frozen))


def money_message(money: Money) -> money_pb2.Money:
    """Write an amount."""
    return money_pb2.Money(minor=money.minor, currency=money.currency)


def _money_of(money: money_pb2.Money) -> Money:
    return Money(money.minor, money.currency)
