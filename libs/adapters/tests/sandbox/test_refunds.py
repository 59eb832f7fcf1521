"""The provider gives money back: at once, slowly, or not at all, and says the same however often it is asked."""

from typing import Any

import aiohttp
import pytest

from accord.ports.errors import DependencyUnavailable
from accord.ports.money import Money
from accord.ports.provider import RefundDone, RefundPending, RefundRefused

TEN = Money(1000, "EUR")


@pytest.fixture
def receipt(sandbox: Any) -> str:
    return charged(sandbox)


def charged(sandbox: Any) -> str:
    receipt_id: str = sandbox.book.charge(sandbox.book.open_checkout("p1", TEN), again=True)
    return receipt_id


async def call(sandbox: Any, method: str, path: str, **body: Any) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{sandbox.url}{path}", json=body or None) as answer,
    ):
        return answer.status, await answer.json()


async def refunded(sandbox: Any) -> list[int]:
    _, book = await call(sandbox, "GET", "/v1/book?payment_id=p1")
    return [entry["refunded_minor"] for entry in book["entries"]]


async def test_a_refund_is_done_once_however_often_it_is_asked_for(sandbox: Any, receipt: str) -> None:
    assert await refunded(sandbox) == [0]

    answers = [await sandbox.client.refund("r1", receipt, TEN) for _ in range(3)]

    assert answers == [RefundDone()] * 3
    assert await refunded(sandbox) == [1000]
    assert await call(sandbox, "GET", "/v1/refunds/r1") == (200, {"status": "done", "reason": ""})


async def test_a_slow_refund_is_pending_twice_and_then_done(sandbox: Any, receipt: str) -> None:
    await call(sandbox, "POST", "/v1/behaviour", refunds="slow")

    first = await sandbox.client.refund("r1", receipt, TEN)
    assert await refunded(sandbox) == [0]
    rest = [await sandbox.client.refund("r1", receipt, TEN) for _ in range(3)]

    assert [first, *rest] == [RefundPending(), RefundPending(), RefundDone(), RefundDone()]
    assert await refunded(sandbox) == [1000]


async def test_a_refused_refund_stays_refused_and_the_behaviour_holds_for_new_ones(sandbox: Any, receipt: str) -> None:
    await call(sandbox, "POST", "/v1/behaviour", refunds="refuse")
    refused = await sandbox.client.refund("r1", receipt, TEN)
    await call(sandbox, "POST", "/v1/behaviour", refunds="done")

    assert refused == await sandbox.client.refund("r1", receipt, TEN) == RefundRefused("BY_BEHAVIOUR")
    assert await refunded(sandbox) == [0]
    assert await sandbox.client.refund("r2", receipt, TEN) == RefundDone()


async def test_no_more_is_given_back_than_was_taken(sandbox: Any, receipt: str) -> None:
    assert await sandbox.client.refund("r1", receipt, Money(600, "EUR")) == RefundDone()
    assert await sandbox.client.refund("r2", receipt, Money(401, "EUR")) == RefundRefused("MORE_THAN_TAKEN")
    assert await sandbox.client.refund("r3", receipt, Money(400, "EUR")) == RefundDone()
    assert await refunded(sandbox) == [1000]


async def test_what_was_never_taken_is_not_given_back(sandbox: Any, receipt: str) -> None:
    assert await sandbox.client.refund("r1", "none", TEN) == RefundRefused("UNKNOWN_RECEIPT")
    assert await sandbox.client.refund("r2", receipt, Money(1000, "USD")) == RefundRefused("UNKNOWN_RECEIPT")


async def test_a_refund_id_stands_for_one_refund(sandbox: Any, receipt: str) -> None:
    await sandbox.client.refund("r1", receipt, TEN)

    for other in ((charged(sandbox), TEN), (receipt, Money(999, "EUR"))):
        with pytest.raises(DependencyUnavailable, match="REFUND_DIFFERS"):
            await sandbox.client.refund("r1", *other)


async def test_an_unknown_refund_and_an_unknown_behaviour_are_refused(sandbox: Any) -> None:
    status, answer = await call(sandbox, "GET", "/v1/refunds/none")
    assert (status, answer["error"]["code"]) == (404, "UNKNOWN_REFUND")
    status, answer = await call(sandbox, "POST", "/v1/behaviour", refunds="maybe")
    assert (status, answer["error"]["code"]) == (400, "INVALID_REQUEST")
