"""The standard library's log records, written like all others."""

import logging

import structlog

# What every record has; anything else on it was given as `extra`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class ToStructlog(logging.Handler):
    """Hands each record to structlog, with its `extra` as fields."""

    def __init__(self) -> None:
        super().__init__()
        self._logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record."""
        fields = {key: value for key, value in vars(record).items() if key not in _OWN}
        if record.exc_info is not None:
            fields["exc_info"] = record.exc_info
        self._logger.log(record.levelno, record.getMessage(), **{"log.logger": record.name, **fields})
