"""The transaction manager's HTTP query API, the same on DTM and on the embedded coordinator."""

from dataclasses import dataclass
from typing import Any

from accord.cli.web import call

FINAL = frozenset({"succeed", "failed"})
_OPEN = ("prepared", "submitted", "aborting")
# Looked at when the audit searches for a reason; a coordinator with more open ones has other worries.
_MOST_OPEN = 500


@dataclass(frozen=True, slots=True)
class Transaction:
    """One global transaction as the coordinator tells it; `branches` as they came."""

    gid: str
    mode: str
    status: str
    reason: str
    changed: str
    branches: list[dict[str, Any]]

    @property
    def final(self) -> bool:
        """Whether nothing more will happen."""
        return self.status in FINAL


async def transaction(address: str, gid: str) -> Transaction | None:
    """Return a transaction, or None when the coordinator does not know the gid.

    The parameter behind the gid keeps DTM from making a metric series a gid.
    """
    answer = await call("coordinator_http", address, "GET", "/api/dtmsvr/query", params={"gid": gid, "_": "/query"})
    return _transaction(answer["transaction"], answer["branches"] or []) if answer.get("transaction") else None


async def transactions(address: str, limit: int) -> list[Transaction]:
    """Return the newest transactions, without their branches."""
    answer = await call(
        "coordinator_http", address, "GET", "/api/dtmsvr/all", params={"limit": str(limit), "_": "/all"}
    )
    return [_transaction(found, []) for found in answer["transactions"] or []]


async def unfinished(address: str) -> list[Transaction]:
    """Return the open transactions with their branches, the newest of them if there are very many."""
    gids: list[str] = []
    for status in _OPEN:
        wanted = {"limit": str(_MOST_OPEN), "status": status, "_": "/all"}
        answer = await call("coordinator_http", address, "GET", "/api/dtmsvr/all", params=wanted)
        gids += [found["gid"] for found in answer["transactions"] or []]
    known = [await transaction(address, gid) for gid in gids]
    return [one for one in known if one is not None and not one.final]


def _transaction(found: dict[str, Any], branches: list[dict[str, Any]]) -> Transaction:
    return Transaction(
        gid=found["gid"],
        mode=found["trans_type"],
        status=found["status"],
        reason=found.get("rollback_reason") or "",
        changed=found.get("update_time") or "",
        branches=branches,
    )
