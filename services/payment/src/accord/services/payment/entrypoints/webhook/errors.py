"""What is wrong with a callback before the domain sees it.

::

    WebhookRefused          `code` names it, `status` is the HTTP status
    ├── TooLarge
    ├── TooSlow
    ├── BadSignature
    ├── StaleTimestamp      the signature holds, and the message is not of now
    └── Malformed
"""

from typing import ClassVar


class WebhookRefused(Exception):
    """Nothing of the body was believed."""

    code: ClassVar[str] = "WEBHOOK_REFUSED"
    status: ClassVar[int] = 400


class TooLarge(WebhookRefused):
    """More than any callback needs."""

    code = "TOO_LARGE"
    status = 413


class TooSlow(WebhookRefused):
    """The body did not arrive in time."""

    code = "TOO_SLOW"
    status = 408


class BadSignature(WebhookRefused):
    """No signature of it was made with a key that we know."""

    code = "BAD_SIGNATURE"
    status = 401


class StaleTimestamp(WebhookRefused):
    """Signed too long ago, or in the future: perhaps recorded and sent again."""

    code = "STALE_TIMESTAMP"
    status = 401


class Malformed(WebhookRefused):
    """Signed, and not a callback."""

    code = "MALFORMED"
    status = 400
