"""A position in the list of orders as an opaque text."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

from accord.services.order.domain.repositories import Position
from accord.services.order.entrypoints.errors import InvalidPageToken


def write(position: Position | None) -> str:
    """Return the token of a page's start; empty for none."""
    if position is None:
        return ""
    return urlsafe_b64encode(f"{position.created_at.isoformat()} {position.order_id}".encode()).decode()


def read(token: str) -> Position | None:
    """Return what `write` was given; raise InvalidPageToken for another text."""
    if not token:
        return None
    try:
        created_at, order_id = urlsafe_b64decode(token.encode()).decode().split(" ")
        at = datetime.fromisoformat(created_at)
    except ValueError as error:
        raise InvalidPageToken from error
    if at.tzinfo is None:
        raise InvalidPageToken
    return Position(at, order_id)
