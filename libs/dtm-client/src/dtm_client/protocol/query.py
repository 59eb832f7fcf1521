"""The status of a transaction in DTM's HTTP API, ``GET /api/dtmsvr/query``."""

import json
from urllib.parse import quote, urlsplit

from dtm_client.errors import ProtocolViolation
from dtm_client.protocol.replies import refusal_reason
from dtm_client.values.status import Status, TransactionState

_OK = 200


def checked_base(url: str) -> str:
    """Return the base URL of an HTTP API if it is one, else raise ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"{url!r} is no base URL of DTM's HTTP API: write it like http://127.0.0.1:36789")
    return url


def query_path(gid: str) -> str:
    """The path to ask at. Its last parameter keeps DTM's metrics small.

    DTM labels a metric with the end of the URL: without this parameter each gid is a new series for ever (measured on
    1.19.0).
    """
    return f"/api/dtmsvr/query?gid={quote(gid, safe='')}&_=/query"


def read_query(status: int, body: bytes) -> TransactionState:
    """Read the answer; raise ProtocolViolation when DTM would never have written it."""
    if status != _OK:
        raise ProtocolViolation(f"the status query was answered with HTTP {status}: {body[:200]!r}")
    try:
        transaction = json.loads(body)["transaction"]
        if transaction is None:
            return TransactionState(Status.UNKNOWN_GID)
        reason = transaction.get("rollback_reason", "")
        # DTM keeps a branch's refusal in the words in which it answers a waiting Submit.
        return TransactionState(Status(transaction["status"]), refusal_reason(reason) or reason)
    except (ValueError, KeyError, TypeError) as error:
        raise ProtocolViolation(f"the status query was answered with {body[:200]!r}") from error
