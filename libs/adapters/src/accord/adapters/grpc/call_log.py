"""One log line a call."""

from time import perf_counter_ns

import structlog
from grpc import StatusCode

# Neither can be the fault of a caller.
_DEFECTS = frozenset({StatusCode.INTERNAL, StatusCode.UNKNOWN, StatusCode.DATA_LOSS})


class CallLog:
    """Writes the lines of one method; what never changes in them is bound once."""

    def __init__(self, path: str) -> None:
        service, method = path.lstrip("/").rsplit("/", 1)
        self._path = path
        self._logger: structlog.typing.FilteringBoundLogger = structlog.get_logger("accord.grpc").bind(
            **{"event.action": "grpc-call", "rpc.service": service, "rpc.method": method}
        )

    def ended(self, code: StatusCode, begun: int, reason: str = "", error: BaseException | None = None) -> None:
        """Tell of a call that began at `begun` (perf_counter_ns); `error` is a defect, shown with its traceback."""
        fields: dict[str, object] = {
            "rpc.grpc.status_code": code.name,
            "event.outcome": "success" if code is StatusCode.OK else "failure",
            "event.duration": perf_counter_ns() - begun,
        }
        if reason:
            fields["accord.reason"] = reason
        message = f"{self._path} {code.name}"
        if error is not None or code in _DEFECTS:
            self._logger.error(message, exc_info=error, **fields)
        else:
            self._logger.info(message, **fields)
