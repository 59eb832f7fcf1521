"""What the payment service is told."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode

from accord.adapters.settings.base import Seconds, ServiceSettings
from accord.adapters.settings.values import Address
from accord.services.payment.entrypoints.webhook.signature import key_of

_MOST_SECRETS = 2


def webhook_keys(text: object) -> object:
    """Read one secret, or two while one replaces the other, separated by a comma; errors do not repeat them."""
    if not isinstance(text, str):
        return text
    secrets = [secret.strip() for secret in text.split(",")]
    if len(secrets) > _MOST_SECRETS:
        raise ValueError(f"{len(secrets)} secrets; write one, or two while one replaces the other")
    return tuple(key_of(secret) for secret in secrets)


def http_url(text: str) -> str:
    """Return the text if it is a base URL."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/") or parts.query:
        raise ValueError(f"{text!r} is not a base URL; write http://host:port")
    return text


WebhookKeys = Annotated[tuple[bytes, ...], NoDecode, BeforeValidator(webhook_keys)]
_SECRETS = "whsec_<base64>, or two of them separated by a comma"


class PaymentSettings(ServiceSettings):
    """Its two addresses, a third for the provider's callbacks, and the provider.

    * `webhook_secrets`: what callbacks are signed with (Standard Webhooks); the only one without a default.
    * `webhook_tolerance`: how far a callback's timestamp may be away from now.
    * `payment_poll`: how often it looks for payments whose window is over, and for refunds to be made.
    * `payment_window`: how long a hosted payment waits for the customer.
    """

    public_listen: Address = "127.0.0.1:7300"
    branch_listen: Address = "127.0.0.1:7301"
    webhook_listen: Address = "127.0.0.1:7302"
    webhook_secrets: WebhookKeys = Field(repr=False, description=_SECRETS)
    webhook_tolerance: Seconds = 300
    provider: Annotated[str, BeforeValidator(http_url)] = "http://127.0.0.1:7400"
    payment_poll: Annotated[float, Field(gt=0, le=3_600)] = 1.0
    payment_window: Annotated[float, Field(gt=0, le=366 * 86_400)] = 900
