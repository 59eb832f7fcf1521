"""Each fault of a callback has its own answer and its own log line; nothing unsigned is believed."""

import asyncio
import logging
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from accord.adapters.service.errors import StartFailed
from accord.ports.errors import DecisionUnknown, DependencyUnavailable
from accord.ports.money import Money
from accord.services.payment.domain.callback import Callback, CallbackOutcome
from accord.services.payment.domain.errors import (
    AlreadyDecided,
    ReceiptReused,
    StaleToken,
    UnknownPayment,
    WrongAmount,
    WrongCurrency,
)
from accord.services.payment.entrypoints.webhook.server import PATH, webhook


def log_lines(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str | None]]:
    records = [record for record in caplog.records if record.name.startswith("accord.services.payment.entrypoints")]
    return [(record.levelno, vars(record).get("accord.code")) for record in records]


@pytest.mark.parametrize("outcome", list(CallbackOutcome))
async def test_a_callback_that_was_taken_is_answered_with_its_outcome(
    provider: Any, handler: Any, outcome: CallbackOutcome, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    handler.answer = outcome

    answer = await provider.send()

    assert (answer.status, answer.body) == (200, {"outcome": outcome.value})
    assert handler.handled == [Callback("payment-1", Money(2_500, "EUR"), "receipt-1")]
    [line] = [record for record in caplog.records if record.message.startswith("callback taken")]
    assert vars(line)["accord.webhook_id"] == "message-1"
    assert vars(line)["accord.outcome"] == outcome.value


async def test_a_decline_has_no_receipt(provider: Any, handler: Any) -> None:
    data = {"payment_id": "payment-1", "amount_minor": 2_500, "currency": "EUR"}

    assert (await provider.send({"type": "payment.declined", "data": data})).status == 200

    assert handler.handled == [Callback("payment-1", Money(2_500, "EUR"), None)]


async def test_fields_that_are_not_known_are_left_alone(provider: Any) -> None:
    assert (await provider.send(provider.succeeded(risk="low") | {"livemode": False})).status == 200


SIGNATURE_FAULTS = {
    "another key": {"keys": (b"a stranger's key",)},
    "a body that was changed": {"sent": b'{"type": "payment.succeeded", "data": {}}'},
    "another message id": {"headers": {"webhook-id": "message-2"}},
    "another timestamp": {"headers": {"webhook-timestamp": "1893553446"}},
    "no signature": {"headers": {"webhook-signature": ""}},
    "a signature of another version": {"headers": {"webhook-signature": "v1a,c2lnbmF0dXJl"}},
    "a signature that is not base64": {"headers": {"webhook-signature": "v1,§"}},
}


@pytest.mark.requirement("callback.signature-is-verified")
@pytest.mark.parametrize("fault", SIGNATURE_FAULTS.values(), ids=SIGNATURE_FAULTS)
async def test_a_bad_signature_is_refused(provider: Any, handler: Any, fault: Any, caplog: Any) -> None:
    answer = await provider.send(**fault)

    assert (answer.status, answer.code) == (401, "BAD_SIGNATURE")
    assert handler.handled == []
    assert log_lines(caplog) == [(logging.WARNING, "BAD_SIGNATURE")]


@pytest.mark.requirement("callback.signature-before-body")
async def test_the_signature_is_checked_before_the_body_is_parsed(provider: Any) -> None:
    assert (await provider.send(b"no JSON", keys=(b"a stranger's key",))).code == "BAD_SIGNATURE"


@pytest.mark.requirement("callback.signature-keys-rotate")
@pytest.mark.parametrize("rotation", [0, 1, (0, 1), (1, 0)])
async def test_both_keys_are_good_while_one_replaces_the_other(provider: Any, keys: Any, rotation: Any) -> None:
    used = (keys[rotation],) if isinstance(rotation, int) else tuple(keys[index] for index in rotation)

    assert (await provider.send(keys=used)).status == 200


@pytest.mark.requirement("callback.signature-is-verified")
async def test_one_good_signature_among_others_is_enough(provider: Any, keys: Any) -> None:
    assert (await provider.send(keys=(b"a stranger's key", keys[0]))).status == 200


@pytest.mark.requirement("callback.timestamp-is-of-now")
@pytest.mark.parametrize("age", [301, -301, 10**9])
async def test_a_message_that_is_not_of_now_is_refused(provider: Any, handler: Any, age: int, caplog: Any) -> None:
    answer = await provider.send(age=age)

    assert (answer.status, answer.code) == (401, "STALE_TIMESTAMP")
    assert handler.handled == []
    assert log_lines(caplog) == [(logging.WARNING, "STALE_TIMESTAMP")]


@pytest.mark.requirement("callback.timestamp-is-of-now")
@pytest.mark.parametrize("age", [300, -300])
async def test_a_clock_may_be_a_little_off(provider: Any, age: int) -> None:
    assert (await provider.send(age=age)).status == 200


MALFORMED = {
    "no JSON": b"payment.succeeded",
    "no object": b"[]",
    "nothing": b"",
    "not UTF-8": b"\xff\xfe",
    "another type": {"type": "payment.pending", "data": {}},
    "no data": {"type": "payment.succeeded"},
    "a success without a receipt": {"receipt_id": None},
    "an empty receipt": {"receipt_id": ""},
    "a receipt with a line break": {"receipt_id": "a\n"},
    "a receipt that is too long": {"receipt_id": "r" * 129},
    "a fraction": {"amount_minor": 25.5},
    "a sum as text": {"amount_minor": "2500"},
    "a truth as a sum": {"amount_minor": True},
    "a negative sum": {"amount_minor": -1},
    "a huge sum": {"amount_minor": 10**30},
    "no currency": {"currency": "euro"},
    "no payment": {"payment_id": ""},
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
async def test_what_is_signed_and_no_callback_is_malformed(provider: Any, handler: Any, body: Any, caplog: Any) -> None:
    callback = body if isinstance(body, bytes) or "type" in body else provider.succeeded(**body)

    answer = await provider.send(callback)

    assert (answer.status, answer.code) == (400, "MALFORMED")
    assert handler.handled == []
    assert log_lines(caplog) == [(logging.WARNING, "MALFORMED")]


async def test_a_decline_that_names_a_receipt_contradicts_itself(provider: Any) -> None:
    assert (await provider.send(provider.succeeded() | {"type": "payment.declined"})).code == "MALFORMED"


async def test_a_body_of_more_than_16_kib_is_refused_before_anything_else(
    provider: Any, handler: Any, caplog: Any
) -> None:
    answer = await provider.send(b" " * (16 * 1024 + 1))

    assert (answer.status, answer.code) == (413, "TOO_LARGE")
    assert handler.handled == []
    assert log_lines(caplog) == [(logging.WARNING, "TOO_LARGE")]


async def test_a_body_of_16_kib_is_read(provider: Any) -> None:
    assert (await provider.send(b" " * 16 * 1024)).code == "MALFORMED"


async def test_a_body_that_does_not_arrive_is_given_up(receiver: Any, handler: Any, caplog: Any) -> None:
    impatient = replace(receiver, read_within=0.01)
    async with webhook("127.0.0.1:0", impatient, grace=5) as address, asyncio.timeout(5):
        host, _, port = address.rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n\r\n{{".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    assert head.startswith(b"HTTP/1.1 408 ")
    assert handler.handled == []
    assert log_lines(caplog) == [(logging.WARNING, "TOO_SLOW")]


REFUSED = [
    (UnknownPayment("no payment"), 404, "UNKNOWN_PAYMENT"),
    (WrongAmount("another sum"), 422, "WRONG_AMOUNT"),
    (WrongCurrency("another currency"), 422, "WRONG_CURRENCY"),
    (ReceiptReused("another payment"), 409, "RECEIPT_REUSED"),
]


@pytest.mark.requirement("callback.claim-is-checked")
@pytest.mark.parametrize(("error", "status", "code"), REFUSED)
async def test_a_claim_that_cannot_be_has_an_answer_of_its_own(
    provider: Any, handler: Any, error: Exception, status: int, code: str, caplog: Any
) -> None:
    handler.answer = error

    answer = await provider.send()

    assert (answer.status, answer.body) == (status, {"error": {"code": code, "message": str(error)}})
    assert log_lines(caplog) == [(logging.WARNING, code)]


@pytest.mark.parametrize(
    "error",
    [
        DependencyUnavailable("coordinator", "down"),
        DecisionUnknown("lost"),
        StaleToken("old"),
        AlreadyDecided("twice"),
    ],
)
async def test_what_may_go_better_later_is_to_be_sent_again(
    provider: Any, handler: Any, error: Exception, caplog: Any
) -> None:
    handler.answer = error

    answer = await provider.send()

    assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "UNAVAILABLE", "1")
    assert log_lines(caplog) == [(logging.WARNING, None)]


@pytest.mark.requirement("drain.webhook-finishes")
async def test_a_callback_under_way_is_finished_when_the_webhook_stops(
    handler: Any, receiver: Any, new_provider: Any
) -> None:
    handler.gate.clear()
    async with aiohttp.ClientSession() as session:
        async with webhook("127.0.0.1:0", receiver, grace=5) as address:
            sending = asyncio.create_task(new_provider(f"http://{address}{PATH}", session).send())
            async with asyncio.timeout(5):
                await handler.entered.wait()
            # Let go when the stop is under way.
            asyncio.get_running_loop().call_later(0.05, handler.gate.set)

        assert (await sending).status == 200
        with pytest.raises(aiohttp.ClientConnectionError):
            await new_provider(f"http://{address}{PATH}", session).send()


async def test_an_address_that_is_taken_names_the_variable(receiver: Any) -> None:
    async with webhook("127.0.0.1:0", receiver, grace=5) as address:
        with pytest.raises(StartFailed, match="ACCORD_WEBHOOK_LISTEN"):
            async with webhook(address, receiver, grace=5):
                pytest.fail("two listeners have one address")
