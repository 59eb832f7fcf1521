"""Signatures in the form of Standard Webhooks 1.0 (https://www.standardwebhooks.com)."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from accord.services.payment.entrypoints.webhook.errors import BadSignature, StaleTimestamp

_SECRET_PREFIX = "whsec_"  # noqa: S105  # the public prefix of every secret
_VERSION = "v1,"


def key_of(secret: str) -> bytes:
    """Return the key of a secret written as `whsec_` and base64; the ValueError for another text does not repeat it."""
    try:
        key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not key or not secret.startswith(_SECRET_PREFIX):
        raise ValueError(f"a webhook secret is {_SECRET_PREFIX} and base64")
    return key


@dataclass(frozen=True, slots=True)
class Verifier:
    """Knows the keys, two while one replaces the other, and how many seconds a timestamp may be away from now."""

    keys: tuple[bytes, ...] = field(repr=False)
    tolerance: float

    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Return if the message is signed with a key of ours and of now; raises BadSignature, StaleTimestamp.

        The header may list several signatures, which is how a sender rotates its key.
        """
        message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        signed = f"{message_id}.{timestamp}.".encode() + body
        given = [
            signature.removeprefix(_VERSION).encode()
            for signature in headers.get("webhook-signature", "").split()
            if signature.startswith(_VERSION)
        ]
        made = [base64.b64encode(hmac.digest(key, signed, hashlib.sha256)) for key in self.keys]
        # A list, so that every pair is compared whichever fits: the time taken tells nothing.
        if not any([hmac.compare_digest(ours, theirs) for ours in made for theirs in given]):  # noqa: C419
            raise BadSignature("no signature was made with a known key")
        if not timestamp.isascii() or not timestamp.isdecimal():
            raise StaleTimestamp("the timestamp is not a number of seconds")
        if abs(now.timestamp() - int(timestamp)) > self.tolerance:
            raise StaleTimestamp(f"the timestamp is more than {self.tolerance:.0f} s away from now")
