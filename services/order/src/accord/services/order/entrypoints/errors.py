"""How the errors of the domain are answered, and the one error that entrypoints add.

::

    InvalidPageToken    a page token that ListOrders never gave out
"""

from grpc import StatusCode

from accord.adapters.grpc.error_table import ErrorTable
from accord.services.order.domain.errors import (
    AlreadyClosed,
    AlreadyPaid,
    IdempotencyKeyReused,
    InvalidOrder,
    NotPaid,
    OrderNotFound,
    PaymentNotOpen,
    PaymentRefused,
    UnknownItem,
)


class InvalidPageToken(Exception):
    """Start again with the first page."""

    def __init__(self) -> None:
        super().__init__("page_token: not one that ListOrders returned; start with the first page")


ERRORS = ErrorTable(
    {
        OrderNotFound: (StatusCode.NOT_FOUND, "ORDER_NOT_FOUND"),
        UnknownItem: (StatusCode.NOT_FOUND, "UNKNOWN_ITEM"),
        IdempotencyKeyReused: (StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED"),
        InvalidOrder: (StatusCode.INVALID_ARGUMENT, "INVALID_ORDER"),
        AlreadyPaid: (StatusCode.FAILED_PRECONDITION, "ALREADY_PAID"),
        AlreadyClosed: (StatusCode.FAILED_PRECONDITION, "ALREADY_CLOSED"),
        NotPaid: (StatusCode.FAILED_PRECONDITION, "NOT_PAID"),
        PaymentNotOpen: (StatusCode.FAILED_PRECONDITION, "PAYMENT_NOT_OPEN"),
        PaymentRefused: (StatusCode.FAILED_PRECONDITION, "PAYMENT_REFUSED"),
        InvalidPageToken: (StatusCode.INVALID_ARGUMENT, "INVALID_PAGE_TOKEN"),
    }
)
