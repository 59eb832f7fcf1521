"""The webhook on a real socket, in front of a handler that the test sees into."""

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from accord.services.payment.domain.callback import Callback, CallbackOutcome
from accord.services.payment.entrypoints.webhook.receiver import Receiver
from accord.services.payment.entrypoints.webhook.server import PATH, webhook
from accord.services.payment.entrypoints.webhook.signature import Verifier

OLD_KEY, NEW_KEY = b"the key that goes", b"the key that comes"
NOW = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
TOLERANCE = 300


class FixedClock:
    def now(self) -> datetime:
        return NOW


@dataclass
class FakeHandler:
    """Answers as it is told, and notes what it was asked; `gate` holds every call until it is set."""

    answer: CallbackOutcome | Exception = CallbackOutcome.APPLIED
    handled: list[Callback] = field(default_factory=list)
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    async def handle(self, callback: Callback) -> CallbackOutcome:
        self.handled.append(callback)
        self.entered.set()
        await self.gate.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def code(self) -> str:
        code: str = self.body["error"]["code"]
        return code


def succeeded(**changed: Any) -> dict[str, Any]:
    data = {"payment_id": "payment-1", "receipt_id": "receipt-1", "amount_minor": 2_500, "currency": "EUR"}
    return {"type": "payment.succeeded", "data": {**data, **changed}}


@dataclass(frozen=True)
class Provider:
    """Sends callbacks as Standard Webhooks says, or not quite."""

    url: str
    session: aiohttp.ClientSession
    succeeded = staticmethod(succeeded)

    async def send(
        self,
        callback: Any = None,
        *,
        keys: tuple[bytes, ...] = (NEW_KEY,),
        age: float = 0,
        headers: dict[str, str] | None = None,
        sent: bytes | None = None,
    ) -> Answer:
        """Sign and post; `sent` is what arrives instead of what was signed, `headers` override."""
        body = callback if isinstance(callback, bytes) else json.dumps(callback or succeeded()).encode()
        timestamp = str(int(NOW.timestamp() - age))
        signatures = [
            "v1," + base64.b64encode(hmac.digest(key, f"message-1.{timestamp}.".encode() + body, "sha256")).decode()
            for key in keys
        ]
        signed = {"webhook-id": "message-1", "webhook-timestamp": timestamp, "webhook-signature": " ".join(signatures)}
        async with self.session.post(
            self.url, data=body if sent is None else sent, headers={**signed, **(headers or {})}
        ) as response:
            return Answer(response.status, await response.json(), dict(response.headers))


@pytest.fixture
async def handler() -> FakeHandler:
    return FakeHandler()


@pytest.fixture
def keys() -> tuple[bytes, bytes]:
    return OLD_KEY, NEW_KEY


@pytest.fixture
def receiver(handler: FakeHandler, keys: tuple[bytes, ...]) -> Receiver:
    return Receiver(Verifier(keys, TOLERANCE), handler.handle, FixedClock())


@pytest.fixture
def new_provider() -> type[Provider]:
    return Provider


@pytest.fixture
async def provider(receiver: Receiver) -> AsyncIterator[Provider]:
    async with webhook("127.0.0.1:0", receiver, grace=5) as address, aiohttp.ClientSession() as session:
        yield Provider(f"http://{address}{PATH}", session)
