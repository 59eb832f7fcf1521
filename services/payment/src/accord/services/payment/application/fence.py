"""The fencing token of a payment's lock, against the one stored with its row."""

import logging

from accord.ports.lock import FencingToken
from accord.services.payment.domain.errors import AlreadyDecided, StaleToken
from accord.services.payment.domain.payment import Payment

_logger = logging.getLogger(__name__)


def is_stale(token: FencingToken | None, stored: FencingToken | None) -> bool:
    """Whether a later holder of the same lock service wrote the row; tokens of two sources cannot be compared."""
    return token is not None and stored is not None and token.source == stored.source and token.value < stored.value


def explain_miss(payment: Payment, token: FencingToken | None) -> Exception:
    """Return why a guarded UPDATE changed no row, as the error to raise; `payment` is the row as it stands now."""
    if is_stale(token, payment.fence):
        return StaleToken(f"payment {payment.payment_id}: token {token} is older than {payment.fence}")
    return AlreadyDecided(f"payment {payment.payment_id} is {payment.status}")


def log_change_of_source(payment_id: str, token: FencingToken | None, stored: FencingToken | None) -> None:
    """Tell the operator that the lock service is another one, such as after its restart; no reason to refuse."""
    if token is not None and stored is not None and token.source != stored.source:
        _logger.warning(
            "the fencing tokens of payment %s come from another source: %s after %s", payment_id, token, stored
        )
