"""Takes one callback: verified first, then parsed, then handled; one log line says how it ended."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from accord.ports.clock import Clock
from accord.services.payment.domain.callback import Callback, CallbackOutcome
from accord.services.payment.domain.errors import CallbackRefused
from accord.services.payment.entrypoints.webhook import answers
from accord.services.payment.entrypoints.webhook.body import callback_of
from accord.services.payment.entrypoints.webhook.errors import TooLarge, TooSlow, WebhookRefused
from accord.services.payment.entrypoints.webhook.signature import Verifier

LARGEST_BODY = 16 * 1024
# What a sender may write into our log.
_LONGEST_ID = 64

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Receives at `POST /v1/callbacks/payments`; a body that takes longer than `read_within` seconds is given up."""

    verifier: Verifier
    handle: Callable[[Callback], Awaitable[CallbackOutcome]]
    clock: Clock
    read_within: float = 5.0

    async def receive(self, request: web.Request) -> web.Response:
        """Answer 200 once the callback is booked, 4xx if it can never be, 503 if it is to be sent again."""
        sender = {"event.action": "callback", "accord.webhook_id": request.headers.get("webhook-id", "")[:_LONGEST_ID]}
        try:
            callback = await self._read(request)
            outcome = await self.handle(callback)
        except (WebhookRefused, CallbackRefused) as error:
            _logger.warning("callback refused: %s: %s", error.code, error, extra={**sender, "accord.code": error.code})
            return answers.refused(error)
        except answers.TRY_AGAIN as error:
            _logger.warning("callback not taken, to be sent again: %s", error, extra=sender)
            return answers.try_again()
        fields = {**sender, "accord.payment_id": callback.payment_id, "accord.outcome": outcome.value}
        _logger.info("callback taken: %s", outcome, extra=fields)
        return answers.taken(outcome)

    async def _read(self, request: web.Request) -> Callback:
        try:
            async with asyncio.timeout(self.read_within):
                body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            raise TooLarge(f"a callback has {LARGEST_BODY} bytes at most") from None
        except TimeoutError:
            raise TooSlow(f"the body did not arrive within {self.read_within:.0f} s") from None
        self.verifier.verify(request.headers, body, self.clock.now())
        return callback_of(body)
