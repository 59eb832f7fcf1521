"""Transactions ↔ the columns of the SQLite store: what never changes is written once, what does as one JSON text."""

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from dtm_client.coordinator.custom_data import waits_for
from dtm_client.coordinator.machine.transaction import Branch, Transaction
from dtm_client.values.options import Options
from dtm_client.values.status import Mode, Operation, Status

# What of a transaction stands in its JSON text under its own name.
_PLAIN = (
    "updated",
    "query_prepared",
    "custom_data",
    "delay",
    "begins",
    "answer_waits",
    "repeats",
    "reason",
    "finished",
    "rolled_back",
)


def encode_state(transaction: Transaction) -> str:
    """Return everything of a transaction but its gid, mode, status, time of creation and branch definitions."""
    state: dict[str, Any] = {name: getattr(transaction, name) for name in _PLAIN}
    options = transaction.options
    state["options"] = {
        "timeout_to_fail": options.timeout_to_fail,
        "retry_interval": options.retry_interval,
        "request_timeout": options.request_timeout,
        "retry_limit": options.retry_limit,
        "branch_headers": dict(options.branch_headers),
    }
    state["branches"] = [
        [one.status, one.tries, one.last_error, one.updated, one.finished] for one in transaction.branches
    ]
    return json.dumps(state, separators=(",", ":"))


def encode_branch(gid: str, number: int, branch: Branch) -> tuple[str, int, str, str, str, bytes, float]:
    """Return what of a branch never changes."""
    return gid, number, branch.branch_id, branch.operation, branch.url, branch.payload, branch.created


def decode(
    row: tuple[str, str, str, float, str], branches: Iterable[tuple[str, str, str, bytes, float]]
) -> Transaction:
    """Put a transaction together from its row (gid, mode, status, created, state) and its branches' rows."""
    gid, mode, status, created, text = row
    state: Mapping[str, Any] = json.loads(text)
    known = [_branch(one, progress) for one, progress in zip(branches, state["branches"], strict=True)]
    headers = MappingProxyType(state["options"].pop("branch_headers"))
    return Transaction(
        gid=gid,
        mode=Mode(mode),
        status=Status(status),
        created=created,
        branches=tuple(known),
        waits_for=waits_for(state["custom_data"], len(known) // 2) if mode == Mode.SAGA else (),
        options=Options(branch_headers=headers, **state["options"]),
        **{name: state[name] for name in _PLAIN},
    )


def _branch(definition: tuple[str, str, str, bytes, float], progress: list[Any]) -> Branch:
    branch_id, operation, url, payload, created = definition
    status, tries, last_error, updated, finished = progress
    return Branch(
        branch_id=branch_id,
        operation=Operation(operation),
        url=url,
        payload=payload,
        created=created,
        status=Status(status),
        tries=tries,
        last_error=last_error,
        updated=updated,
        finished=finished,
    )
