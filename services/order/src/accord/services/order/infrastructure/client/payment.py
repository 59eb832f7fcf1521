"""Cancelling and refunding, asked of payment."""

from collections.abc import Awaitable, Mapping
from typing import Any

import grpc.aio
from google.rpc.error_details_pb2 import ErrorInfo
from grpc_status.rpc_status import from_call

from accord.payment.v1 import payment_pb2, payment_pb2_grpc
from accord.ports.errors import DependencyUnavailable
from accord.services.order.domain.errors import AlreadyClosed, AlreadyPaid, NotPaid, PaymentNotOpen, PaymentRefused

PAYMENT = "accord.payment.v1.PaymentService"
# Payment decides by a global transaction of its own before it answers.
_WITHIN = 5.0

_REFUSALS: Mapping[str, type[PaymentRefused]] = {
    "ALREADY_PAID": AlreadyPaid,
    "ALREADY_CLOSED": AlreadyClosed,
    "NOT_PAID": NotPaid,
}


class PaymentServiceDesk:
    """Implements accord.services.order.domain.payment_desk.PaymentDesk over a channel to payment's public listener."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._stub: payment_pb2_grpc.PaymentServiceAsyncStub = payment_pb2_grpc.PaymentServiceStub(channel)

    async def cancel(self, payment_id: str) -> None:
        """Return when nobody can pay any more; raises PaymentRefused in payment's own words."""
        request = payment_pb2.CancelPaymentRequest(payment_id=payment_id)
        await _answered(self._stub.CancelPayment(request, timeout=_WITHIN))

    async def refund(self, payment_id: str) -> None:
        """Return when payment has taken the refund on; raises PaymentRefused in payment's own words."""
        request = payment_pb2.RefundPaymentRequest(payment_id=payment_id)
        await _answered(self._stub.RefundPayment(request, timeout=_WITHIN))


async def _answered(call: Awaitable[Any]) -> None:
    try:
        await call
    except grpc.aio.AioRpcError as error:
        detail = error.details() or error.code().name
        match error.code():
            case grpc.StatusCode.NOT_FOUND:
                raise PaymentNotOpen(detail) from error
            case grpc.StatusCode.FAILED_PRECONDITION:
                raise _REFUSALS.get(_reason(error), PaymentRefused)(detail) from error
            case _:
                raise DependencyUnavailable("payment", detail) from error


def _reason(error: grpc.aio.AioRpcError) -> str:
    """Return the reason that payment gives to programs, empty where it gives none."""
    status = from_call(error)
    info = ErrorInfo()
    for detail in status.details if status is not None else ():
        if detail.Unpack(info):
            return str(info.reason)
    return ""
