"""How errors are answered."""

from typing import Any

import pytest
from grpc import StatusCode

from accord.adapters.grpc.error_table import NO_ERRORS
from accord.inventory.v1 import inventory_pb2
from accord.order.v1 import order_pb2
from accord.ports.errors import DecisionUnknown, DependencyUnavailable, LockNotAcquired

QUOTE_A = inventory_pb2.QuoteRequest(skus=["A"])


async def test_an_error_is_answered_as_the_table_says_with_its_reason(running: Any, failure: Any) -> None:
    answer = await failure(running.stock.GetStock(inventory_pb2.GetStockRequest(sku="B")))

    assert (answer.code, answer.message) == (StatusCode.NOT_FOUND, "B")
    assert (answer.info.reason, answer.info.domain) == ("ITEM_UNKNOWN", "accord")


async def test_an_error_without_an_entry_is_answered_like_its_nearest_base(running: Any, failure: Any) -> None:
    request = inventory_pb2.AdjustStockRequest(sku="A", by=-4, idempotency_key="k")
    answer = await failure(running.stock.AdjustStock(request))

    assert (answer.code, answer.info.reason) == (StatusCode.FAILED_PRECONDITION, "SHOP_ERROR")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DependencyUnavailable("database", "gone"), "DEPENDENCY_UNAVAILABLE"),
        (DecisionUnknown("lost"), "DECISION_UNKNOWN"),
        (LockNotAcquired("held"), "LOCK_NOT_ACQUIRED"),
    ],
)
def test_errors_of_ports_ask_for_the_same_call_again(error: Any, reason: Any) -> None:
    answer = NO_ERRORS.answer(error)

    assert answer is not None
    assert (answer.code, answer.reason) == (StatusCode.UNAVAILABLE, reason)


async def test_a_defect_is_told_to_the_log_with_its_traceback_and_not_to_the_client(
    running: Any, failure: Any, logs: Any
) -> None:
    secret = ZeroDivisionError("the inner workings")

    async def fail() -> None:
        raise secret

    running.inventory.on_quote = fail
    answer = await failure(running.stock.Quote(QUOTE_A))

    assert (answer.code, answer.info.reason) == (StatusCode.INTERNAL, "DEFECT")
    assert "inner workings" not in answer.message
    (line,) = [line for line in logs if line.get("rpc.method") == "Quote"]
    assert (line["log_level"], line["exc_info"]) == ("error", secret)


async def test_a_method_that_nobody_wrote_is_unimplemented(running: Any, failure: Any, logs: Any) -> None:
    answer = await failure(running.channel.unary_unary("/accord.order.v1.OrderService/GetOrder")(b""))

    # GetOrder's rules come first; a request that keeps them meets the generated method.
    assert answer.code is StatusCode.INVALID_ARGUMENT
    request = order_pb2.GetOrderRequest(order_id="00000000-0000-7000-8000-000000000000")
    sent = running.channel.unary_unary("/accord.order.v1.OrderService/GetOrder")(request.SerializeToString())
    assert (await failure(sent)).code is StatusCode.UNIMPLEMENTED


async def test_an_error_in_the_middle_of_a_stream_ends_it_with_its_answer(running: Any, failure: Any) -> None:
    running.orders.error = LockNotAcquired("held")
    call = running.watch(order_pb2.WatchOrderRequest(order_id="00000000-0000-7000-8000-000000000000"))

    assert (await call.read()).order.order_id
    answer = await failure(call.read())
    assert (answer.code, answer.info.reason) == (StatusCode.UNAVAILABLE, "LOCK_NOT_ACQUIRED")


async def test_a_long_message_is_cut_between_characters(running: Any, failure: Any) -> None:
    async def fail() -> None:
        raise DependencyUnavailable("x", "\N{SNOWMAN}" * 10_000)

    running.inventory.on_quote = fail
    answer = await failure(running.stock.Quote(QUOTE_A))

    assert answer.code is StatusCode.UNAVAILABLE
    assert answer.message.startswith("x is unavailable: \N{SNOWMAN}")
    assert answer.message.endswith("\N{SNOWMAN}\N{HORIZONTAL ELLIPSIS}")
