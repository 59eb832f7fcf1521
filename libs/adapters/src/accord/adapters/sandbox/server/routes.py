"""The HTTP API of the provider."""

from typing import TypeVar

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ValidationError

from accord.adapters.sandbox.errors import SandboxError
from accord.adapters.sandbox.server.book import Book
from accord.adapters.sandbox.server.customer import Customer
from accord.adapters.sandbox.server.refunds import Refund, Refunds
from accord.adapters.sandbox.server.requests import Behaviour, CheckoutRequest, PayRequest, RefundRequest
from accord.ports.money import Money

Model = TypeVar("Model", bound=BaseModel)


class Routes:
    """Handlers over one book and one customer."""

    def __init__(self, book: Book, customer: Customer) -> None:
        self._book = book
        self._customer = customer
        self._refunds = Refunds(book)

    def application(self) -> web.Application:
        """Return the application that serves them."""
        application = web.Application(middlewares=[_answer_errors], client_max_size=16_384)
        application.add_routes(
            [
                web.post("/v1/checkouts", self.open_checkout),
                web.post("/v1/checkouts/{checkout_id}/pay", self.pay),
                web.get("/v1/book", self.show_book),
                web.post("/v1/refunds", self.refund),
                web.get("/v1/refunds/{refund_id}", self.show_refund),
                web.post("/v1/behaviour", self.behave),
                web.get("/healthz", self.health),
            ]
        )
        return application

    async def open_checkout(self, request: web.Request) -> web.Response:
        """`POST /v1/checkouts`."""
        wanted = await _read(request, CheckoutRequest)
        checkout = self._book.open_checkout(wanted.payment_id, Money(wanted.amount_minor, wanted.currency))
        url = request.url.origin() / "v1" / "checkouts" / checkout.checkout_id / "pay"
        return _reply({"checkout_id": checkout.checkout_id, "url": str(url)})

    async def pay(self, request: web.Request) -> web.Response:
        """`POST /v1/checkouts/{checkout_id}/pay`."""
        wanted = await _read(request, PayRequest)
        paid = await self._customer.pay(self._book.checkout(request.match_info["checkout_id"]), wanted)
        answers = [{"status": answer.status, "body": answer.body} for answer in paid.answers]
        return _reply({"receipt_id": paid.receipt_id, "answers": answers})

    async def show_book(self, request: web.Request) -> web.Response:
        """`GET /v1/book`."""
        charges = self._book.charges(request.query.get("payment_id"))
        entries = [
            {
                "receipt_id": charge.receipt_id,
                "payment_id": charge.payment_id,
                "amount_minor": charge.amount.minor,
                "currency": charge.amount.currency,
                "refunded_minor": charge.refunded_minor,
            }
            for charge in charges
        ]
        return _reply({"entries": entries})

    async def refund(self, request: web.Request) -> web.Response:
        """`POST /v1/refunds`."""
        return _reply(_refund(self._refunds.ask(await _read(request, RefundRequest))))

    async def show_refund(self, request: web.Request) -> web.Response:
        """`GET /v1/refunds/{refund_id}`."""
        return _reply(_refund(self._refunds.show(request.match_info["refund_id"])))

    async def behave(self, request: web.Request) -> web.Response:
        """`POST /v1/behaviour`."""
        self._refunds.behaviour = await _read(request, Behaviour)
        return _reply(self._refunds.behaviour.model_dump())

    async def health(self, _: web.Request) -> web.Response:
        """`GET /healthz`."""
        return _reply({"status": "ok"})


async def _read(request: web.Request, model: type[Model]) -> Model:
    try:
        return model.model_validate_json(await request.read())
    except ValidationError as invalid:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg']}" for fault in invalid.errors()
        )
        raise web.HTTPBadRequest(
            text=_error("INVALID_REQUEST", faults).decode(), content_type="application/json"
        ) from None


@web.middleware
async def _answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response: web.StreamResponse = await handler(request)
    except SandboxError as error:
        return web.Response(status=error.status, body=_error(error.code, str(error)), content_type="application/json")
    return response


def _refund(refund: Refund) -> dict[str, str]:
    return {"status": refund.status, "reason": refund.reason}


def _reply(answer: object) -> web.Response:
    return web.Response(body=orjson.dumps(answer), content_type="application/json")


def _error(code: str, message: str) -> bytes:
    return orjson.dumps({"error": {"code": code, "message": message}})
