"""From the provider's request to the row and back, with a coordinator that fails where the test wants it."""

import asyncio
import base64
import hmac
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from accord.services.payment.domain.payment import Status
from accord.services.payment.entrypoints.webhook.receiver import Receiver
from accord.services.payment.entrypoints.webhook.server import PATH, webhook
from accord.services.payment.entrypoints.webhook.signature import Verifier

KEY = b"the provider's key"
DELIVERIES = 24

Post = Callable[[], Awaitable[tuple[int, dict[str, Any]]]]


@pytest.fixture
async def post(service: Any, command: Any) -> AsyncIterator[Post]:
    """Posts the success of the one payment there is, always the same bytes."""
    await service.open(command())
    amount = command().amount
    data = {
        "payment_id": command().payment_id,
        "receipt_id": "receipt-1",
        "amount_minor": amount.minor,
        "currency": amount.currency,
    }
    body = json.dumps({"type": "payment.succeeded", "data": data}).encode()
    timestamp = str(int(service.clock.now().timestamp()))
    digest = hmac.digest(KEY, f"message-1.{timestamp}.".encode() + body, "sha256")
    headers = {
        "webhook-id": "message-1",
        "webhook-timestamp": timestamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
    # Made anew for each request, so that a test may exchange parts of the service.
    receiver = Receiver(Verifier((KEY,), 300), lambda callback: service.callbacks().handle(callback), service.clock)
    async with webhook("127.0.0.1:0", receiver, grace=5) as address, aiohttp.ClientSession() as session:

        async def send() -> tuple[int, dict[str, Any]]:
            async with session.post(f"http://{address}{PATH}", data=body, headers=headers) as response:
                return response.status, await response.json()

        yield send


@pytest.mark.requirement("callback.submit-failure-is-taken")
async def test_a_decision_that_could_not_be_submitted_is_still_taken(service: Any, command: Any, post: Post) -> None:
    service.transactions.submit_fails = True

    assert await post() == (200, {"outcome": "APPLIED"})

    assert len(service.transactions.left_prepared) == 1
    assert (await service.payment(command().payment_id)).status is Status.SUCCEEDED


@pytest.mark.requirement("callback.no-prepare-no-decision")
async def test_a_decision_that_could_not_be_prepared_is_to_be_sent_again(
    service: Any, command: Any, post: Post
) -> None:
    service.transactions.coordinator_is_down = True

    status, body = await post()

    assert (status, body["error"]["code"]) == (503, "UNAVAILABLE")
    assert (await service.payment(command().payment_id)).status is Status.PENDING
    service.transactions.coordinator_is_down = False
    assert await post() == (200, {"outcome": "APPLIED"})


async def test_a_replayed_request_is_a_duplicate(service: Any, post: Post) -> None:
    answers = [await post() for _ in range(3)]

    assert answers == [(200, {"outcome": "APPLIED"}), *[(200, {"outcome": "DUPLICATE"})] * 2]
    assert await service.broken_laws() == {}


async def test_each_of_many_concurrent_requests_gets_a_sound_answer(service: Any, post: Post, no_lock: Any) -> None:
    service.lock = no_lock()
    service.transactions.before_decision = lambda: service.transactions.deciding.wait_for(DELIVERIES)

    answers = await asyncio.gather(*(post() for _ in range(DELIVERIES)))

    assert Counter((status, body["outcome"]) for status, body in answers) == {
        (200, "APPLIED"): 1,
        (200, "DUPLICATE"): DELIVERIES - 1,
    }
    assert service.transactions.deciding.most == DELIVERIES
    assert await service.broken_laws() == {}
