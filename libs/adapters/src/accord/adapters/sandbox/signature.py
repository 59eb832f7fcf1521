"""Signatures of callbacks, in the form of Standard Webhooks 1.0 (https://www.standardwebhooks.com)."""

import base64
import binascii
import hashlib
import hmac

_SECRET_PREFIX = "whsec_"  # noqa: S105 - the public prefix of a secret, not one


def decode_secret(secret: str) -> bytes:
    """Return the key of a secret written as `whsec_` and base64; raises ValueError for anything else."""
    if not secret.startswith(_SECRET_PREFIX):
        raise ValueError(f"a webhook secret starts with {_SECRET_PREFIX}")
    try:
        return base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError(f"a webhook secret is {_SECRET_PREFIX} and base64") from None


def sign(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the `webhook-signature` header: HMAC-SHA256 over `id.timestamp.body`."""
    digest = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(digest).decode()
