"""Sends signed callbacks until they are answered."""

import asyncio
from dataclasses import dataclass

import aiohttp

from accord.adapters.sandbox.signature import sign
from accord.ports.clock import Clock

# Seconds before each repeat; together a little over a minute, then the callback is given up as a real provider would.
_BACKOFF = (0.1, 0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


@dataclass(frozen=True, slots=True)
class Answer:
    """How the shop answered one delivery; status 0 when it never did."""

    status: int
    body: str


class Deliveries:
    """Delivers to one URL, every attempt with a fresh timestamp and signature."""

    def __init__(self, url: str, key: bytes, clock: Clock) -> None:
        self._url = url
        self._key = key
        self._clock = clock
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def deliver(self, message_id: str, body: bytes) -> Answer:
        """Send until the answer is 2xx, or the last attempt failed."""
        answer = await self._send(message_id, body)
        for pause in _BACKOFF:
            if 200 <= answer.status < 300:  # noqa: PLR2004 - the range of HTTP success
                break
            await asyncio.sleep(pause)
            answer = await self._send(message_id, body)
        return answer

    async def _send(self, message_id: str, body: bytes) -> Answer:
        timestamp = int(self._clock.now().timestamp())
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(self._key, message_id, timestamp, body),
        }
        try:
            async with self._session.post(self._url, data=body, headers=headers) as response:
                return Answer(response.status, await response.text())
        except (aiohttp.ClientError, TimeoutError) as failure:
            return Answer(0, str(failure) or type(failure).__name__)
