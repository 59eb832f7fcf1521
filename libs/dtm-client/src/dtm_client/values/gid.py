"""The global transaction id."""

from dtm_client.errors import InvalidTransaction
from dtm_client.values.limits import GID_LENGTH


def checked_gid(gid: str) -> str:
    """Return ``gid`` if every store of DTM keeps it whole and apart from its neighbours, else raise InvalidTransaction.

    DTM accepts a gid with a newline, with non-ASCII letters or over 128 characters, and can then never deliver a branch
    call for it; MariaDB compares them without trailing spaces.
    """
    if not 1 <= len(gid) <= GID_LENGTH:
        raise InvalidTransaction("gid", f"{len(gid)} characters", f"use 1 to {GID_LENGTH}")
    if not gid.isascii() or not gid.isprintable() or " " in gid:
        raise InvalidTransaction(
            "gid", f"{gid!r} has characters that metadata cannot carry", "use printable ASCII without spaces"
        )
    return gid
