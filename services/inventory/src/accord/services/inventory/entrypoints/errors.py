"""How the errors of the domain are answered, and the one error that entrypoints add.

::

    InvalidPageToken    a page token that ListStock never gave out
"""

from grpc import StatusCode

from accord.adapters.grpc.error_table import ErrorTable
from accord.services.inventory.domain.errors import IdempotencyKeyReused, ItemNotFound, NotEnoughStock


class InvalidPageToken(Exception):
    """Start again with the first page."""

    def __init__(self) -> None:
        super().__init__("page_token: not one that ListStock returned; start with the first page")


ERRORS = ErrorTable(
    {
        ItemNotFound: (StatusCode.NOT_FOUND, "ITEM_NOT_FOUND"),
        NotEnoughStock: (StatusCode.FAILED_PRECONDITION, "NOT_ENOUGH_STOCK"),
        IdempotencyKeyReused: (StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED"),
        InvalidPageToken: (StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"),
    }
)
