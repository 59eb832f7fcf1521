"""How a callback is answered: what the provider is to do, and what its operator reads."""

from aiohttp import web

from accord.ports.errors import PortError
from accord.services.payment.domain.callback import CallbackOutcome
from accord.services.payment.domain.errors import (
    AlreadyDecided,
    CallbackRefused,
    ReceiptReused,
    StaleToken,
    UnknownPayment,
    WrongAmount,
    WrongCurrency,
)
from accord.services.payment.entrypoints.webhook.errors import WebhookRefused

# Nothing was decided, or it is not known: the same callback again, from the beginning.
TRY_AGAIN = (PortError, StaleToken, AlreadyDecided)

_RETRY_AFTER = 1
_STATUS: dict[type[CallbackRefused], int] = {
    UnknownPayment: 404,
    ReceiptReused: 409,
    WrongAmount: 422,
    WrongCurrency: 422,
}


def taken(outcome: CallbackOutcome) -> web.Response:
    """200: the provider need not send it again."""
    return web.json_response({"outcome": outcome.value})


def refused(error: WebhookRefused | CallbackRefused) -> web.Response:
    """4xx: it will never be taken as it is."""
    status = error.status if isinstance(error, WebhookRefused) else _STATUS[type(error)]
    return _error(status, error.code, str(error))


def try_again() -> web.Response:
    """503: the provider is to send it again."""
    answer = _error(503, "UNAVAILABLE", "nothing was decided; send it again")
    answer.headers["Retry-After"] = str(_RETRY_AFTER)
    return answer


def _error(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status)
