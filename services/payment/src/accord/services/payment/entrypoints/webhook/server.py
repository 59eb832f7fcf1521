"""The HTTP listener that the provider calls."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from accord.adapters.service.errors import StartFailed
from accord.services.payment.entrypoints.webhook.receiver import LARGEST_BODY, Receiver

PATH = "/v1/callbacks/payments"


@asynccontextmanager
async def webhook(address: str, receiver: Receiver, grace: float) -> AsyncIterator[str]:
    """Serve callbacks and yield the address with its real port; at the end those under way have `grace` seconds.

    Raises StartFailed when the address cannot be had.
    """
    application = web.Application(client_max_size=LARGEST_BODY)
    application.router.add_post(PATH, receiver.receive)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=grace)
    await runner.setup()
    try:
        host, _, port = address.rpartition(":")
        try:
            await web.TCPSite(runner, host, int(port)).start()
        except OSError as error:
            raise StartFailed("ACCORD_WEBHOOK_LISTEN", error) from error
        yield f"{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
