"""Which branch headers can be delivered as gRPC metadata."""

import re
from collections.abc import Mapping

from dtm_client.errors import InvalidTransaction
from dtm_client.protocol.metadata import PREFIX

_KEY = re.compile(r"[0-9a-z_.-]+")
_RESERVED = (PREFIX, "grpc-")
_TAKEN = {"content-type", "te", "user-agent"}


def check_headers(headers: Mapping[str, str]) -> None:
    """Raise InvalidTransaction for a header that DTM would store and never deliver, or that would shadow its own."""
    for key, value in headers.items():
        field = f"options.branch_headers[{key!r}]"
        if not _KEY.fullmatch(key):
            raise InvalidTransaction(
                field, "the key is no metadata key", "use lower-case letters, digits, '_', '-', '.'"
            )
        if key.startswith(_RESERVED) or key in _TAKEN:
            raise InvalidTransaction(field, "the key belongs to DTM or to gRPC", "choose another key")
        # gRPC carries any bytes under a key that ends in -bin, and nothing but printable ASCII under others.
        if key.endswith("-bin"):
            continue
        if not value.isascii() or (value and not value.isprintable()):
            raise InvalidTransaction(field, "the value has characters that metadata cannot carry", "encode it as ASCII")
        if value != value.strip():
            raise InvalidTransaction(field, "spaces at the ends of a value are lost on the way", "strip it")
