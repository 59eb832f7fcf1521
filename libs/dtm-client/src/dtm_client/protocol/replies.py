"""The only file that knows DTM's texts: what its answers say, written for a coordinator and read for a client.

DTM 1.19.0 answers with few codes and tells cases apart by text (measured). ABORTED texts end in `` FAILURE``.
"""

import re

FAILURE = "FAILURE"
# A branch may say ABORTED with exactly this text for "ongoing" (the protocol before FAILED_PRECONDITION).
ONGOING = "ONGOING"

WAIT_NOT_SUCCEEDED = f"wait result not return success: {FAILURE}"
_UNKNOWN_RESULT = "unkown result will be retried: "

_CURRENT_STATUS = re.compile(r"current status '(?P<status>[a-z]*)'")
_RETURN_FAILED = re.compile(rf"url:\S* return failed: (?P<reason>.*?)\s*{FAILURE}$", re.DOTALL)
_ROLLBACK_DECIDED = re.compile(r"^(Timeout after \d+ seconds|RetryCount is greater than RetryLimit)")
_DUPLICATE_BRANCH = re.compile(r"UniqueKeyConflict|SQLSTATE 23505|Error 1062")


def cannot_submit(status: str) -> str:
    """ABORTED: Submit of a transaction that is past it (the misspelling is DTM's)."""
    return f"current status '{status}', cannot sumbmit. {FAILURE}"


def cannot_prepare(status: str) -> str:
    """ABORTED: Prepare of a transaction that is past it."""
    return f"current status '{status}', cannot prepare. {FAILURE}"


def cannot_abort(mode: str, status: str) -> str:
    """ABORTED: Abort of a saga, of a submitted message, or of a finished transaction."""
    return f"trans type: '{mode}' current status '{status}', cannot abort. {FAILURE}"


def no_such_transaction(gid: str) -> str:
    """INTERNAL: Abort of an unknown gid."""
    return f"no TransGlobal with gid: {gid} found"


def cannot_stop(status: str) -> str:
    """HTTP 409: forceStop of a finished transaction."""
    return f"global transaction force stop error. status: {status}. error: {FAILURE}"


def not_prepared(gid: str) -> str:
    """ABORTED: RegisterBranch for an unknown gid, or for one that is past `prepared`."""
    return f"no trans with gid: {gid} status: prepared found {FAILURE}"


def duplicate_branch() -> str:
    """UNKNOWN: RegisterBranch of a branch that is registered already."""
    return "storage: UniqueKeyConflict"


def branch_refused(url: str, reason: str) -> str:
    """ABORTED: with WaitResult, the saga is to be undone because a branch said so."""
    return f"url:{url} return failed: {reason} {FAILURE}"


def unknown_branch_result(cause: str) -> str:
    """The branch's own code: with WaitResult, the first round met an error and will be repeated."""
    return f"your http/grpc result should be specified as in: {_UNKNOWN_RESULT}{cause}"


def retry_limit_reached(limit: int) -> str:
    """The rollback reason of a saga whose retry limit is used up."""
    return f"RetryCount is greater than RetryLimit, RetryLimit: {limit}"


def with_failure(reason: str) -> str:
    """ABORTED: with WaitResult, the rollback reason of a saga that is to be undone."""
    return reason if reason.endswith(FAILURE) else f"{reason} {FAILURE}"


def unknown_mode(mode: str) -> str:
    """UNKNOWN: RegisterBranch for anything that has no branches to register (the misspelling is DTM's)."""
    return f"unknow trans type: {mode}"


def topic_not_found() -> str:
    """INTERNAL: a message's step names a topic that nobody subscribed to."""
    return "topic not found"


def timed_out(seconds: int) -> str:
    """The rollback reason of a transaction that was undone by TimeoutToFail."""
    return f"Timeout after {seconds} seconds"


def current_status(text: str) -> str | None:
    """Return DTM's status name that an answer mentions, if it mentions one."""
    found = _CURRENT_STATUS.search(text)
    return found["status"] if found else None


def refusal_reason(text: str) -> str | None:
    """Return why a rollback was decided, if the answer to a waiting Submit says that it was."""
    if found := _RETURN_FAILED.search(text):
        return found["reason"]
    if _ROLLBACK_DECIDED.search(text):
        return text.removesuffix(FAILURE).strip()
    return None


def says_still_running(text: str) -> bool:
    """Whether the answer to a waiting Submit only says that one round ended without success."""
    return text == WAIT_NOT_SUCCEEDED or _UNKNOWN_RESULT in text


def says_unknown_gid(text: str) -> bool:
    """Whether the answer says that the manager holds nothing of this gid."""
    return text.startswith("no TransGlobal with gid")


def says_not_prepared(text: str) -> bool:
    """Whether a registration came too late, or for an unknown gid."""
    return text.startswith("no trans with gid") and text.endswith(FAILURE)


def says_duplicate_branch(text: str) -> bool:
    """Whether a registration was there before: a repeat of our own, hence success.

    The texts are those of boltdb and Redis, of PostgreSQL, and of MySQL.
    """
    return _DUPLICATE_BRANCH.search(text) is not None
