"""The `PaymentProvider` port over the sandbox's HTTP API."""

from collections.abc import Mapping
from typing import Any, Self

import aiohttp

from accord.ports.errors import DependencyUnavailable
from accord.ports.money import Money
from accord.ports.provider import (
    BookEntry,
    CheckoutSession,
    RefundAnswer,
    RefundDone,
    RefundPending,
    RefundRefused,
)

_DEPENDENCY = "payment provider"


class SandboxProvider:
    """Talks to one provider; `within` seconds bound every call."""

    def __init__(self, url: str, within: float = 5.0) -> None:
        self._session = aiohttp.ClientSession(base_url=url, timeout=aiohttp.ClientTimeout(total=within))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def checkout(self, payment_id: str, amount: Money) -> CheckoutSession:
        """Return the session of a payment, made at the first call."""
        wanted = {"payment_id": payment_id, "amount_minor": amount.minor, "currency": amount.currency}
        answer = await self._call("POST", "/v1/checkouts", json=wanted)
        return CheckoutSession(answer["checkout_id"], answer["url"])

    async def book(self, payment_id: str) -> tuple[BookEntry, ...]:
        """Return what the provider took for a payment."""
        answer = await self._call("GET", "/v1/book", params={"payment_id": payment_id})
        return tuple(
            BookEntry(entry["receipt_id"], entry["payment_id"], Money(entry["amount_minor"], entry["currency"]))
            for entry in answer["entries"]
        )

    async def refund(self, refund_id: str, receipt_id: str, amount: Money) -> RefundAnswer:
        """Ask for a refund, or how it goes."""
        wanted = {
            "refund_id": refund_id,
            "receipt_id": receipt_id,
            "amount_minor": amount.minor,
            "currency": amount.currency,
        }
        answer = await self._call("POST", "/v1/refunds", json=wanted)
        match answer:
            case {"status": "done"}:
                return RefundDone()
            case {"status": "refused", "reason": reason}:
                return RefundRefused(reason)
            case {"status": "pending"}:
                return RefundPending()
        raise DependencyUnavailable(_DEPENDENCY, f"an answer that makes no sense: {answer}")

    async def ping(self) -> None:
        """Return when the provider answers."""
        await self._call("GET", "/healthz")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _call(self, method: str, path: str, **arguments: Any) -> Mapping[str, Any]:
        try:
            async with self._session.request(method, path, **arguments) as response:
                answer: Mapping[str, Any] = await response.json()
                if response.ok:
                    return answer
                raise DependencyUnavailable(_DEPENDENCY, f"{method} {path} answered {response.status}: {answer}")
        except (aiohttp.ClientError, TimeoutError, ValueError) as failure:
            raise DependencyUnavailable(_DEPENDENCY, f"{method} {path}: {failure!r}") from failure
