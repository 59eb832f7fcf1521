"""The metadata that a branch call carries (measured on DTM 1.19.0)."""

from collections.abc import Mapping

from dtm_client.values.status import Mode, Operation

GID = "dtm-gid"
TRANS_TYPE = "dtm-trans_type"
BRANCH_ID = "dtm-branch_id"
OPERATION = "dtm-op"
# The manager's address when a client calls a try; empty when the manager itself calls.
MANAGER = "dtm-dtm"

PREFIX = "dtm-"

# The branch id under which a message's own local transaction is asked for.
MESSAGE_BRANCH = "00"


def branch_metadata(
    gid: str, mode: Mode, branch_id: str, operation: Operation, manager: str, headers: Mapping[str, str]
) -> list[tuple[str, str | bytes]]:
    """The metadata of a branch call that a client makes itself, as the manager would make it."""
    own: list[tuple[str, str | bytes]] = [
        (GID, gid),
        (TRANS_TYPE, mode.value),
        (BRANCH_ID, branch_id),
        (OPERATION, operation.value),
        (MANAGER, manager),
    ]
    return own + [(key, value.encode() if key.endswith("-bin") else value) for key, value in headers.items()]
