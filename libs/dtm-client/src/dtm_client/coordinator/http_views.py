"""Transactions and branches in the JSON shapes of DTM's HTTP API."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from dtm_client.coordinator.machine.timing import next_wake
from dtm_client.coordinator.machine.transaction import Branch, Transaction


def transaction_view(transaction: Transaction) -> dict[str, Any]:
    """Return the object that DTM writes for a transaction; empty fields are left out, as there."""
    due = next_wake(transaction)
    view = {
        "create_time": _time(transaction.created),
        "update_time": _time(transaction.updated),
        "finish_time": _time(transaction.finished),
        "rollback_time": _time(transaction.rolled_back),
        "gid": transaction.gid,
        "trans_type": transaction.mode,
        "status": transaction.status,
        "query_prepared": transaction.query_prepared,
        "protocol": "grpc",
        "options": _options(transaction),
        "custom_data": transaction.custom_data,
        "rollback_reason": transaction.reason,
        "next_cron_interval": round(transaction.round.interval),
        "next_cron_time": _time(due) if due else "",
        "retry_count": transaction.repeats,
    }
    return {name: value for name, value in view.items() if value not in ("", 0)}


def branch_view(gid: str, branch: Branch) -> dict[str, Any]:
    """Return the object that DTM writes for a branch, and what it does not tell: ``tries`` and ``last_error``."""
    view = {
        "create_time": _time(branch.created),
        "update_time": _time(branch.updated or branch.created),
        "gid": gid,
        "url": branch.url,
        "bin_data": b64encode(branch.payload).decode(),
        "branch_id": branch.branch_id,
        "op": branch.operation,
        "status": branch.status,
        "tries": branch.tries,
        "last_error": branch.last_error,
    }
    return view | ({"finish_time": _time(branch.finished)} if branch.finished else {})


def _options(transaction: Transaction) -> str:
    options = transaction.options
    content = {
        "wait_result": transaction.answer_waits,
        "timeout_to_fail": options.timeout_to_fail,
        "retry_interval": options.retry_interval,
        "request_timeout": options.request_timeout,
        "retry_limit": options.retry_limit,
        "branch_headers": dict(options.branch_headers),
    }
    return json.dumps({name: value for name, value in content.items() if value}, separators=(",", ":"))


def _time(seconds: float) -> str:
    """RFC 3339 with microseconds, in UTC; empty for a time that has not come."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z") if seconds else ""
