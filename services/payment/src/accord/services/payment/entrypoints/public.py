"""What customers and operators call."""

from dataclasses import dataclass
from typing import Any

import grpc.aio

from accord.payment.v1 import payment_pb2, payment_pb2_grpc
from accord.ports.clock import Clock
from accord.services.payment.application.cancel_payment import CancelPayment
from accord.services.payment.application.checkout import Checkout
from accord.services.payment.application.find_payment import find_payment
from accord.services.payment.application.refund_payment import RefundPayment
from accord.services.payment.application.settle_refund import SettleRefund
from accord.services.payment.application.top_up_wallet import top_up_wallet
from accord.services.payment.application.transactions import Transactions
from accord.services.payment.entrypoints.conversion import balance_message, payment_message, top_up_of


@dataclass(frozen=True, slots=True)
class PublicServicer(payment_pb2_grpc.PaymentServiceServicer):
    """accord.payment.v1.PaymentService."""

    transactions: Transactions
    checkout: Checkout
    cancel: CancelPayment
    refund: RefundPayment
    settle: SettleRefund
    clock: Clock

    async def GetPayment(
        self, request: payment_pb2.GetPaymentRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> payment_pb2.GetPaymentResponse:
        """Say how a payment is."""
        payment = await self.transactions.read(
            lambda rows: find_payment(rows.payments, payment_id=request.payment_id, order_id=request.order_id)
        )
        return payment_pb2.GetPaymentResponse(payment=payment_message(payment))

    async def Checkout(
        self, request: payment_pb2.CheckoutRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> payment_pb2.CheckoutResponse:
        """Say where the customer pays."""
        session = await self.checkout.open(request.payment_id)
        return payment_pb2.CheckoutResponse(checkout_id=session.checkout_id, url=session.url)

    async def CancelPayment(
        self, request: payment_pb2.CancelPaymentRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> payment_pb2.CancelPaymentResponse:
        """Cancel what nobody paid."""
        return payment_pb2.CancelPaymentResponse(payment=payment_message(await self.cancel(request.payment_id)))

    async def RefundPayment(
        self, request: payment_pb2.RefundPaymentRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> payment_pb2.RefundPaymentResponse:
        """Begin to give back what was paid."""
        return payment_pb2.RefundPaymentResponse(payment=payment_message(await self.refund(request.payment_id)))

    async def SettleRefund(
        self, request: payment_pb2.SettleRefundRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> payment_pb2.SettleRefundResponse:
        """Book that an operator gave it back."""
        payment = await self.settle(request.payment_id, request.note)
        return payment_pb2.SettleRefundResponse(payment=payment_message(payment))

    async def TopUpWallet(
        self, request: payment_pb2.TopUpWalletRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> payment_pb2.TopUpWalletResponse:
        """Add to a wallet, once a key."""
        top_up, now = top_up_of(request), self.clock.now()
        balance = await self.transactions.run(lambda rows: top_up_wallet(top_up, rows, now))
        return payment_pb2.TopUpWalletResponse(balance=balance_message(balance))

    async def GetWallet(
        self, request: payment_pb2.GetWalletRequest, context: grpc.aio.ServicerContext[Any, Any]
    ) -> payment_pb2.GetWalletResponse:
        """Say what a customer has."""
        balances = await self.transactions.read(lambda rows: rows.wallets.balances(request.customer_id))
        return payment_pb2.GetWalletResponse(balances=[balance_message(balance) for balance in balances])
