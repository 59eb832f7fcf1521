"""Plays the customer at the checkout: takes the money or declines it, and tells the shop."""

import asyncio
from dataclasses import dataclass

import orjson

from accord.adapters.sandbox.server.book import Book, Checkout
from accord.adapters.sandbox.server.delivery import Answer, Deliveries
from accord.adapters.sandbox.server.requests import Faults, PayRequest
from accord.ports.ids import Ids


@dataclass(frozen=True, slots=True)
class Paid:
    """What came of it: the receipt, if money was taken, and the shop's answers so far."""

    receipt_id: str | None
    answers: list[Answer]


class Customer:
    """Owns the tasks that deliver callbacks, so that none outlives the provider."""

    def __init__(self, book: Book, deliveries: Deliveries, ids: Ids) -> None:
        self._book = book
        self._deliveries = deliveries
        self._ids = ids
        self._tasks: set[asyncio.Task[list[Answer]]] = set()

    def resume(self) -> None:
        """Go on with the callbacks that an earlier life did not finish."""
        for message_id, body in self._book.unanswered_callbacks():
            self._start(message_id, body, Faults())

    async def aclose(self) -> None:
        """Stop delivering; what is unanswered stays in the book for the next life."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def pay(self, checkout: Checkout, request: PayRequest) -> Paid:
        """Pay or decline, and wait for the shop's answers for `request.wait` seconds at most."""
        receipt_id, message_id = None, self._ids.fresh()
        with self._book.transaction():
            if request.outcome == "succeed":
                receipt_id = self._book.charge(checkout, again=request.faults.charge_again)
            if request.faults.lose:
                return Paid(receipt_id, [])
            body = _callback(checkout, receipt_id)
            self._book.remember_callback(message_id, body)
        task = self._start(message_id, body, request.faults)
        done, _ = await asyncio.wait([task], timeout=request.wait)
        return Paid(receipt_id, task.result() if done else [])

    def _start(self, message_id: str, body: bytes, faults: Faults) -> asyncio.Task[list[Answer]]:
        task = asyncio.get_running_loop().create_task(self._deliver(message_id, body, faults))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _deliver(self, message_id: str, body: bytes, faults: Faults) -> list[Answer]:
        if faults.concurrently:
            answers = await asyncio.gather(
                *(self._deliveries.deliver(message_id, body) for _ in range(faults.deliveries))
            )
        else:
            answers = [await self._deliveries.deliver(message_id, body) for _ in range(faults.deliveries)]
        self._book.forget_callback(message_id)
        return answers


def _callback(checkout: Checkout, receipt_id: str | None) -> bytes:
    data = {
        "payment_id": checkout.payment_id,
        "amount_minor": checkout.amount.minor,
        "currency": checkout.amount.currency,
    }
    if receipt_id is None:
        return orjson.dumps({"type": "payment.declined", "data": data})
    return orjson.dumps({"type": "payment.succeeded", "data": {**data, "receipt_id": receipt_id}})
