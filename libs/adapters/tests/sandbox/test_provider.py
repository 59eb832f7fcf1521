import base64
import hashlib
import hmac
from typing import Any

import aiohttp
import orjson
import pytest

from accord.ports.errors import DependencyUnavailable
from accord.ports.money import Money
from accord.ports.provider import BookEntry

TEN = Money(1000, "EUR")


async def pay(url: str, outcome: str = "succeed", **faults: Any) -> tuple[int, dict[str, Any]]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json={"outcome": outcome, "faults": faults}) as answer,
    ):
        return answer.status, await answer.json()


async def test_a_repeated_checkout_finds_the_same_session(sandbox):
    first = await sandbox.client.checkout("p1", TEN)
    assert await sandbox.client.checkout("p1", TEN) == first
    assert (await sandbox.client.checkout("p2", TEN)).checkout_id != first.checkout_id


async def test_a_checkout_for_another_sum_under_the_same_payment_is_refused(sandbox):
    await sandbox.client.checkout("p1", TEN)
    with pytest.raises(DependencyUnavailable, match="CHECKOUT_DIFFERS"):
        await sandbox.client.checkout("p1", Money(1001, "EUR"))


async def test_a_payment_stands_in_the_book_and_is_told_with_a_signature(sandbox, shop):
    session = await sandbox.client.checkout("p1", TEN)
    status, paid = await pay(session.url)
    assert (status, [answer["status"] for answer in paid["answers"]]) == (200, [200])
    assert await sandbox.client.book("p1") == (BookEntry(paid["receipt_id"], "p1", TEN),)
    [(headers, body)] = shop.callbacks
    assert orjson.loads(body) == {
        "type": "payment.succeeded",
        "data": {"payment_id": "p1", "receipt_id": paid["receipt_id"], "amount_minor": 1000, "currency": "EUR"},
    }
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = base64.b64encode(hmac.digest(b"the provider's key", signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{digest}"


async def test_a_session_is_paid_once_unless_the_fault_asks_for_a_second_receipt(sandbox):
    session = await sandbox.client.checkout("p1", TEN)
    await pay(session.url)
    assert (await pay(session.url))[1]["error"]["code"] == "ALREADY_PAID"
    await pay(session.url, charge_again=True)
    assert len(await sandbox.client.book("p1")) == 2


async def test_a_decline_takes_no_money_and_is_told(sandbox, shop):
    session = await sandbox.client.checkout("p1", TEN)
    assert (await pay(session.url, "decline"))[1]["receipt_id"] is None
    assert await sandbox.client.book("p1") == ()
    assert orjson.loads(shop.callbacks[0][1])["type"] == "payment.declined"


async def test_a_lost_callback_takes_the_money_and_tells_nobody(sandbox, shop):
    session = await sandbox.client.checkout("p1", TEN)
    await pay(session.url, lose=True)
    assert (len(await sandbox.client.book("p1")), shop.callbacks) == (1, [])


async def test_concurrent_duplicates_are_in_flight_together(sandbox, shop):
    shop.hold = 20
    session = await sandbox.client.checkout("p1", TEN)
    _, paid = await pay(session.url, deliveries=20, concurrently=True)
    assert (len(paid["answers"]), shop.at_once) == (20, 20)


async def test_a_callback_is_repeated_until_it_is_answered(sandbox, shop):
    shop.statuses = [503, 500]
    session = await sandbox.client.checkout("p1", TEN)
    _, paid = await pay(session.url)
    assert ([answer["status"] for answer in paid["answers"]], len(shop.callbacks)) == ([200], 3)
    assert sandbox.book.unanswered_callbacks() == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"outcome": "maybe"}', b'{"outcome": "succeed", "faults": {"deliveries": 0}}']
)
async def test_a_malformed_request_is_told_which_field_is_wrong(sandbox, body):
    session = await sandbox.client.checkout("p1", TEN)
    async with aiohttp.ClientSession() as http, http.post(session.url, data=body) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"]["code"] == "INVALID_REQUEST"


async def test_an_unknown_session_is_not_found(sandbox):
    status, answer = await pay(f"{sandbox.url}/v1/checkouts/none/pay")
    assert (status, answer["error"]["code"]) == (404, "UNKNOWN_CHECKOUT")


async def test_an_unreachable_provider_is_an_unavailable_dependency(sandbox):
    await sandbox.client.ping()
    unreachable = type(sandbox.client)("http://127.0.0.1:9")
    with pytest.raises(DependencyUnavailable, match="payment provider is unavailable"):
        await unreachable.ping()
    await unreachable.aclose()
