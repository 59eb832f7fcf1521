"""Cancelling and refunding at payment's public listener."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import grpc.aio
import pytest
from grpc import StatusCode

from accord.adapters.grpc.answer import Answer
from accord.payment.v1 import payment_pb2
from accord.ports.errors import DependencyUnavailable
from accord.services.order.domain.errors import AlreadyClosed, AlreadyPaid, NotPaid, PaymentNotOpen, PaymentRefused
from accord.services.order.infrastructure.client.payment import PAYMENT, PaymentServiceDesk

PAYMENT_ID = "0b5f7c1e-0000-5000-8000-000000000002"


@dataclass
class Payments:
    """Remembers what it was asked, and answers with an error if it has one."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    error: Answer | StatusCode | None = None

    def handler(self, method: str, request: Any, response: Any) -> "grpc.RpcMethodHandler[Any, Any]":
        async def answer(asked: Any, context: Any) -> Any:
            self.asked.append((method, asked.payment_id))
            match self.error:
                case Answer() as refusal:
                    await context.abort(refusal.code, refusal.message, refusal.trailing_metadata())
                case StatusCode() as code:
                    await context.abort(code, "in payment's words")
            return response()

        return grpc.unary_unary_rpc_method_handler(
            answer, request_deserializer=request.FromString, response_serializer=response.SerializeToString
        )


@pytest.fixture
def payments() -> Payments:
    return Payments()


@pytest.fixture
async def desk(payments: Payments) -> AsyncIterator[PaymentServiceDesk]:
    handlers = {
        method: payments.handler(
            method, getattr(payment_pb2, f"{method}Request"), getattr(payment_pb2, f"{method}Response")
        )
        for method in ("CancelPayment", "RefundPayment")
    }
    server = grpc.aio.server()
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(PAYMENT, handlers)])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield PaymentServiceDesk(channel)
    await server.stop(None)


async def test_payment_is_asked_for_the_orders_payment(desk: PaymentServiceDesk, payments: Payments) -> None:
    await desk.cancel(PAYMENT_ID)
    await desk.refund(PAYMENT_ID)
    assert payments.asked == [("CancelPayment", PAYMENT_ID), ("RefundPayment", PAYMENT_ID)]


def refused(reason: str) -> Answer:
    return Answer(StatusCode.FAILED_PRECONDITION, reason, "in payment's words")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refused("ALREADY_PAID"), AlreadyPaid),
        (refused("ALREADY_CLOSED"), AlreadyClosed),
        (refused("NOT_PAID"), NotPaid),
        (refused("SOMETHING_NEW"), PaymentRefused),
        (StatusCode.FAILED_PRECONDITION, PaymentRefused),
        (StatusCode.NOT_FOUND, PaymentNotOpen),
        (StatusCode.UNAVAILABLE, DependencyUnavailable),
        (StatusCode.INTERNAL, DependencyUnavailable),
    ],
)
@pytest.mark.parametrize("method", ["cancel", "refund"])
async def test_a_refusal_is_raised_by_its_reason_and_in_payments_own_words(
    desk: PaymentServiceDesk, payments: Payments, method: str, answer: Answer | StatusCode, error: type[Exception]
) -> None:
    payments.error = answer
    with pytest.raises(error, match="in payment's words") as raised:
        await getattr(desk, method)(PAYMENT_ID)
    assert type(raised.value) is error
