"""From exception to status: one table a service, and what every service answers for its ports."""

from collections.abc import Mapping

from grpc import StatusCode

from accord.adapters.grpc.answer import Answer, Answered
from accord.ports.errors import DecisionUnknown, LockNotAcquired, PortError

# UNAVAILABLE is "send the same call again", which is what helps in all of these: the effects are idempotent by key.
_DEFAULTS: Mapping[type[Exception], tuple[StatusCode, str]] = {
    DecisionUnknown: (StatusCode.UNAVAILABLE, "DECISION_UNKNOWN"),
    LockNotAcquired: (StatusCode.UNAVAILABLE, "LOCK_NOT_ACQUIRED"),
    PortError: (StatusCode.UNAVAILABLE, "DEPENDENCY_UNAVAILABLE"),
    # What generated servicers raise for a method that nobody wrote.
    NotImplementedError: (StatusCode.UNIMPLEMENTED, "NOT_IMPLEMENTED"),
}


class ErrorTable:
    """Says how an exception is answered: by the entry of its class, else of its nearest base class.

    An entry is a status and a reason (UPPER_SNAKE); the exception's text is the message. Errors of ports need no entry.
    """

    def __init__(self, entries: Mapping[type[Exception], tuple[StatusCode, str]]) -> None:
        self._entries = {**_DEFAULTS, **entries}

    def answer(self, error: Exception) -> Answer | None:
        """Return the answer; None for an exception that nobody expected, which is a defect."""
        if isinstance(error, Answered):
            return error.answer
        for kind in type(error).__mro__:
            if (entry := self._entries.get(kind)) is not None:
                code, reason = entry
                return Answer(code, reason, str(error))
        return None


NO_ERRORS = ErrorTable({})
