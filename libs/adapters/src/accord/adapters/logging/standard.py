"""The standard library's log records, written like all others."""

import logging

import structlog

from accord.adapters.logging.lines import Lines

# What every record has; anything else on it was given as `extra`.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class ToStructlog(logging.Handler):
    """Hands each record to structlog, with its `extra` as fields."""

    def __init__(self, lines: Lines) -> None:
        super().__init__()
        self._lines = lines
        self._logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()

    def flush(self) -> None:
        """Write the lines that are still waiting, of structlog too; `logging` calls this as the interpreter exits."""
        self._lines.flush()

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record."""
        fields = {key: value for key, value in vars(record).items() if key not in _OWN}
        if record.exc_info is not None:
            fields["exc_info"] = record.exc_info
        self._logger.log(record.levelno, record.getMessage(), **{"log.logger": record.name, **fields})
