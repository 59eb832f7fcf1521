"""HTTP calls to the coordinator and the provider, with failures as one clear line."""

from typing import Any

import aiohttp

from accord.cli.addresses import variable
from accord.cli.errors import Refused, Unreachable


async def call(name: str, address: str, method: str, path: str, **arguments: Any) -> Any:
    """Return the JSON answer of the server called `name` (`coordinator_http` or `provider`)."""
    base = address if "://" in address else f"http://{address}"
    return await call_url(name, method, base + path, **arguments)


async def call_url(name: str, method: str, url: str, **arguments: Any) -> Any:
    """Return the JSON answer of a whole URL."""
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session,
            session.request(method, url, **arguments) as response,
        ):
            answer = await response.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError) as failure:
        cure = f"start everything with `accord up`, or set {variable(name)}"
        raise Unreachable(f"{name} at {url} does not answer ({failure!r}); {cure}") from failure
    if not response.ok:
        fault = answer.get("error", answer) if isinstance(answer, dict) else answer
        raise Refused(f"{name} refused: {fault}")
    return answer
