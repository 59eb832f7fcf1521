"""Plays a customer who pays an order at the provider."""

from dataclasses import dataclass
from typing import Any

from accord.cli.addresses import Addresses
from accord.cli.calls import DEADLINE, channel_to
from accord.cli.errors import Refused
from accord.cli.web import call_url
from accord.payment.v1 import payment_pb2, payment_pb2_grpc


@dataclass(frozen=True, slots=True)
class Faults:
    """What the provider does on a bad day: the callback so many times, all at once, or never."""

    deliveries: int = 1
    concurrently: bool = False
    lose: bool = False


async def checkout(addresses: Addresses, order_id: str) -> payment_pb2.CheckoutResponse:
    """Return the session in which an order is paid."""
    async with channel_to("payment", addresses.payment) as channel:
        stub = payment_pb2_grpc.PaymentServiceStub(channel)
        found = await stub.GetPayment(payment_pb2.GetPaymentRequest(order_id=order_id), timeout=DEADLINE)
        request = payment_pb2.CheckoutRequest(payment_id=found.payment.payment_id)
        return await stub.Checkout(request, timeout=DEADLINE)


async def pay(addresses: Addresses, order_id: str, faults: Faults, *, decline: bool = False) -> list[dict[str, Any]]:
    """Pay an order, or have the payment declined, and return the shop's answer to each callback."""
    return await pay_at(await checkout(addresses, order_id), faults, decline=decline)


async def pay_at(
    session: payment_pb2.CheckoutResponse, faults: Faults, *, decline: bool = False
) -> list[dict[str, Any]]:
    """Pay in a session of before, whatever became of the order meanwhile."""
    wanted = {
        "outcome": "decline" if decline else "succeed",
        "faults": {"deliveries": faults.deliveries, "concurrently": faults.concurrently, "lose": faults.lose},
    }
    answer = await call_url("provider", "POST", session.url, json=wanted)
    if not isinstance(answer, dict):
        raise Refused(f"the provider answered {answer!r}")
    answers: list[dict[str, Any]] = answer["answers"]
    return answers
