"""The kinds of order that the demo places, each with what must come of it."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from accord.cli.calls import DEADLINE
from accord.cli.customer import Faults, checkout, pay, pay_at
from accord.cli.demo.shop import HOSTED, WALLET, Shop, line
from accord.cli.output import enum_word
from accord.cli.web import call
from accord.order.v1 import order_pb2

_PAID = order_pb2.ORDER_STATUS_PAID
_AWAITING = order_pb2.ORDER_STATUS_AWAITING_PAYMENT
_REFUNDED = order_pb2.ORDER_STATUS_REFUNDED
_DUPLICATES = 20
_LOOK_EVERY = 0.05


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of order; `play` returns what was seen, which must be `expected`."""

    title: str
    expected: str
    play: Callable[[Shop], Awaitable[str]]


def seen(order: order_pb2.Order) -> str:
    """Return an order's end in words."""
    status = enum_word(order, "status")
    return f"{status}: {order.close_reason}" if order.close_reason else status


async def hosted_and_paid(shop: Shop) -> str:
    """Saga, then the provider's callback."""
    await shop.stock("MUG", 10, "9.50 EUR")
    order = await shop.place("alice", line("MUG", 2), HOSTED)
    await pay(shop.addresses, order.order_id, Faults())
    return seen(await shop.until(order.order_id, _PAID))


async def wallet(shop: Shop) -> str:
    """TCC: tried in three services, confirmed in reverse."""
    await asyncio.gather(shop.stock("LAMP", 5, "24.00 EUR"), shop.top_up("bob", "100.00 EUR"))
    order = await shop.place("bob", line("LAMP", 2), WALLET)
    return seen(await shop.until(order.order_id, _PAID))


async def out_of_stock(shop: Shop) -> str:
    """Reserve refuses; Create is undone."""
    await shop.stock("CHAIR", 1, "80.00 EUR")
    return seen(await shop.place("carol", line("CHAIR", 2), HOSTED))


async def declined(shop: Shop) -> str:
    """The provider says no; the order closes and the stock is free again."""
    await shop.stock("DESK", 3, "310.00 EUR")
    order = await shop.place("dave", line("DESK"), HOSTED)
    await pay(shop.addresses, order.order_id, Faults(), decline=True)
    return seen(await shop.until(order.order_id, _PAID))


async def wallet_too_small(shop: Shop) -> str:
    """Freeze refuses; what was tried before is cancelled."""
    await asyncio.gather(shop.stock("SOFA", 2, "900.00 EUR"), shop.top_up("erin", "20.00 EUR"))
    return seen(await shop.place("erin", line("SOFA"), WALLET))


async def price_changed(shop: Shop) -> str:
    """The customer saw a price that holds no more; Reserve refuses."""
    item = await shop.stock("VASE", 4, "15.00 EUR")
    request = line("VASE")
    request.seen_price.CopyFrom(order_pb2.SeenPrice(unit_price=item.unit_price, version=item.price_version))
    await shop.reprice("VASE", "18.00 EUR")
    return seen(await shop.place("frank", request, HOSTED))


async def same_request_twice(shop: Shop) -> str:
    """Twice at once and once more later: one order."""
    await shop.stock("BOOK", 7, "12.00 EUR")
    key = str(uuid.uuid4())
    together = await asyncio.gather(*(shop.place("grace", line("BOOK"), HOSTED, key) for _ in range(2)))
    later = await shop.place("grace", line("BOOK"), HOSTED, key)
    one = len({order.order_id for order in (*together, later)}) == 1
    return f"{'one order' if one else 'several orders'}, {seen(later)}"


async def same_callback_many_times(shop: Shop) -> str:
    """The provider delivers one callback twenty times at once: one capture."""
    await shop.stock("PEN", 50, "2.00 EUR")
    order = await shop.place("heidi", line("PEN", 3), HOSTED)
    answers = await pay(shop.addresses, order.order_id, Faults(deliveries=_DUPLICATES, concurrently=True))
    sound = sum(answer["status"] == 200 for answer in answers)  # noqa: PLR2004 - HTTP's OK
    return f"{sound} answers, {seen(await shop.until(order.order_id, _PAID))}"


async def paid_after_it_was_cancelled(shop: Shop) -> str:
    """The customer cancels, and pays all the same in the session of before: the money goes back by itself."""
    await shop.stock("RUG", 3, "60.00 EUR")
    order = await shop.place("judy", line("RUG"), HOSTED)
    session = await checkout(shop.addresses, order.order_id)
    cancelled = await shop.cancel(order.order_id)
    await pay_at(session, Faults())
    return f"{seen(cancelled)}, {await _given_back(shop, order.payment_id)}"


async def refunded(shop: Shop) -> str:
    """The goods come in again, and the provider gives the money back."""
    await shop.stock("OVEN", 2, "400.00 EUR")
    order = await shop.place("kim", line("OVEN"), HOSTED)
    await pay(shop.addresses, order.order_id, Faults())
    await shop.until(order.order_id, _PAID)
    await shop.refund(order.order_id)
    end = await shop.until(order.order_id, _REFUNDED)
    return f"{seen(end)}, {await _given_back(shop, order.payment_id)}"


async def _given_back(shop: Shop, payment_id: str) -> str:
    """Wait until the provider's book says that the one receipt of a payment was given back."""
    async with asyncio.timeout(DEADLINE):
        while True:
            book = await call("provider", shop.addresses.provider, "GET", "/v1/book", params={"payment_id": payment_id})
            [entry] = book["entries"]
            if entry["refunded_minor"]:
                return "money back" if entry["refunded_minor"] == entry["amount_minor"] else f"odd: {entry}"
            await asyncio.sleep(_LOOK_EVERY)


AT_ONCE = (
    Scenario("hosted and paid", "PAID", hosted_and_paid),
    Scenario("wallet", "PAID", wallet),
    Scenario("out of stock", "CLOSED: OUT_OF_STOCK", out_of_stock),
    Scenario("declined by the provider", "CLOSED: PAYMENT_DECLINED", declined),
    Scenario("paid after it was cancelled", "CLOSED: CANCELLED, money back", paid_after_it_was_cancelled),
    Scenario("paid and refunded", "REFUNDED, money back", refunded),
    Scenario("wallet too small", "CLOSED: WALLET_TOO_SMALL", wallet_too_small),
    Scenario("price changed", "CLOSED: PRICE_CHANGED", price_changed),
    Scenario("the same request three times", "one order, AWAITING_PAYMENT", same_request_twice),
    Scenario(f"one callback {_DUPLICATES} times at once", f"{_DUPLICATES} answers, PAID", same_callback_many_times),
)
