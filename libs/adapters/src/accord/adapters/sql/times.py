"""Times as rows keep them: whole microseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_row(at: datetime) -> int:
    """Return the microseconds, exactly."""
    return (at - _EPOCH) // _MICROSECOND


def from_row(microseconds: int) -> datetime:
    """Return the moment, aware, in UTC."""
    return _EPOCH + microseconds * _MICROSECOND
