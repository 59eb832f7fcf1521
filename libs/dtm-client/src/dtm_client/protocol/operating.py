"""What an operator may ask of one transaction over DTM's HTTP API, and what is answered."""

import json

from dtm_client.errors import ProtocolViolation

RETRY_PATH = "/api/dtmsvr/resetNextCronTime"
STOP_PATH = "/api/dtmsvr/forceStop"

_OK, _CONFLICT, _SERVER_ERROR = 200, 409, 500
_UNKNOWN_GID = "no TransGlobal with gid"


def gid_body(gid: str) -> bytes:
    """The body of either request."""
    return json.dumps({"gid": gid}).encode("ascii")


def heeds_retry(body: bytes) -> bool:
    """Whether the manager that answered the status query with ``body`` can call one transaction sooner.

    DTM on boltdb and on Redis answers SUCCESS and even shows the new time, but its scheduler goes by an index that
    keeps the old one (measured on 1.19.0). Only its SQL stores number their rows; elsewhere ``id`` is 0.
    """
    try:
        return bool(json.loads(body)["transaction"].get("id", 1))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProtocolViolation(f"the status query was answered with {body[:200]!r}") from error


def read_operation(status: int, body: bytes) -> bool | None:
    """Return True if it was done, False if the transaction is final or unknown, None if it should be asked again.

    Raise ProtocolViolation for an answer that is none of DTM's.
    """
    if status == _OK:
        return True
    if status == _CONFLICT or _UNKNOWN_GID.encode() in body:
        return False
    if status >= _SERVER_ERROR:
        return None
    raise ProtocolViolation(f"DTM answered an operator with HTTP {status}: {body[:200]!r}")
