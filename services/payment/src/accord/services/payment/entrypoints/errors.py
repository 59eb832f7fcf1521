"""How the errors of the domain are answered over gRPC; the webhook has answers of its own."""

from grpc import StatusCode

from accord.adapters.grpc.error_table import ErrorTable
from accord.services.payment.domain.errors import (
    AlreadyClosed,
    AlreadyPaid,
    IdempotencyKeyReused,
    NothingToSettle,
    NotPaid,
    NotPayable,
    PaymentNotFound,
    StaleToken,
    UnderWay,
    WalletFull,
)

ERRORS = ErrorTable(
    {
        PaymentNotFound: (StatusCode.NOT_FOUND, "PAYMENT_NOT_FOUND"),
        NotPayable: (StatusCode.FAILED_PRECONDITION, "NOT_PAYABLE"),
        AlreadyPaid: (StatusCode.FAILED_PRECONDITION, "ALREADY_PAID"),
        AlreadyClosed: (StatusCode.FAILED_PRECONDITION, "ALREADY_CLOSED"),
        NotPaid: (StatusCode.FAILED_PRECONDITION, "NOT_PAID"),
        NothingToSettle: (StatusCode.FAILED_PRECONDITION, "NOTHING_TO_SETTLE"),
        # It is over in a moment, one way or the other.
        UnderWay: (StatusCode.UNAVAILABLE, "UNDER_WAY"),
        WalletFull: (StatusCode.FAILED_PRECONDITION, "WALLET_FULL"),
        IdempotencyKeyReused: (StatusCode.ALREADY_EXISTS, "IDEMPOTENCY_KEY_REUSED"),
        # Whoever calls again takes the lock anew.
        StaleToken: (StatusCode.UNAVAILABLE, "STALE_TOKEN"),
    }
)
