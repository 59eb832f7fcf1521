"""What the transaction manager meets."""

from typing import Any

import grpc
import pytest

from accord.inventory.v1.inventory_branch_pb2 import StockBranchRequest, StockLine
from accord.money.v1.money_pb2 import Money
from dtm_client.values.status import Mode, Operation

OK = (grpc.StatusCode.OK, "")
ORDER = "0b5f7c1e-0000-5000-8000-000000000001"
DO_AND_UNDO = [(Mode.SAGA, Operation.ACTION, Operation.COMPENSATE), (Mode.TCC, Operation.TRY, Operation.CANCEL)]


def line(sku: str = "TEA", quantity: int = 2, minor: int = 450) -> StockLine:
    return StockLine(sku=sku, quantity=quantity, unit_price=Money(minor=minor, currency="EUR"), price_version=1)


def request_for(*lines: StockLine, order_id: str = ORDER) -> StockBranchRequest:
    return StockBranchRequest(order_id=order_id, lines=lines)


@pytest.fixture
async def shop(running: Any) -> Any:
    """Ten teas and three cups."""
    await running.put("TEA", on_hand=10)
    await running.put("CUP", on_hand=3)
    return running


@pytest.mark.parametrize(("mode", "do", "undo"), DO_AND_UNDO)
async def test_what_is_reserved_is_released_by_its_undo_once(
    shop: Any, mode: Mode, do: Operation, undo: Operation
) -> None:
    wanted = request_for(line("TEA", 2), line("CUP", 3))
    for _ in range(2):
        assert await shop.branch("Reserve", wanted, do, mode=mode) == OK
        assert (await shop.figures("TEA"), await shop.figures("CUP")) == ((10, 2), (3, 3))
    for _ in range(2):
        assert await shop.branch("Release", wanted, undo, mode=mode) == OK
        assert (await shop.figures("TEA"), await shop.figures("CUP")) == ((10, 0), (3, 0))


@pytest.mark.parametrize(("mode", "do", "undo"), DO_AND_UNDO)
async def test_what_comes_after_its_undo_is_refused(shop: Any, mode: Mode, do: Operation, undo: Operation) -> None:
    assert await shop.branch("Release", request_for(line()), undo, mode=mode) == OK
    code, _ = await shop.branch("Reserve", request_for(line()), do, mode=mode)
    assert code is grpc.StatusCode.ABORTED
    assert await shop.figures("TEA") == (10, 0)


async def test_a_confirmed_reservation_leaves_the_house_once(shop: Any) -> None:
    assert await shop.branch("Reserve", request_for(line()), Operation.TRY, mode=Mode.TCC) == OK
    for _ in range(2):
        assert await shop.branch("Commit", request_for(line()), Operation.CONFIRM, mode=Mode.TCC) == OK
        assert await shop.figures("TEA") == (8, 0)


async def test_tellings_of_other_transactions_need_no_lines_and_change_nothing_after_the_first(shop: Any) -> None:
    assert await shop.branch("Reserve", request_for(line()), Operation.ACTION) == OK
    for number, method in enumerate(["Commit", "Release", "Commit"]):
        told = await shop.branch(method, request_for(), Operation.ACTION, gid=f"callback-{number}", mode=Mode.MESSAGE)
        assert told == OK
        assert await shop.figures("TEA") == (8, 0)


async def test_sold_pieces_come_back_into_the_house_once_however_often_a_refund_is_told(shop: Any) -> None:
    assert await shop.branch("Reserve", request_for(line()), Operation.ACTION) == OK
    figures = []
    for gid, method in [("c", "Commit"), ("r1", "Restock"), ("r1", "Restock"), ("r2", "Restock"), ("c2", "Commit")]:
        assert await shop.branch(method, request_for(), Operation.ACTION, gid=gid, mode=Mode.MESSAGE) == OK
        figures.append(await shop.figures("TEA"))
    assert figures == [(8, 0)] + [(10, 0)] * 4


async def test_a_refund_that_overtakes_its_sale_frees_the_pieces_and_the_sale_takes_none(shop: Any) -> None:
    assert await shop.branch("Reserve", request_for(line()), Operation.ACTION) == OK
    for method in ("Restock", "Commit"):
        assert await shop.branch(method, request_for(), Operation.ACTION, gid=method, mode=Mode.MESSAGE) == OK
        assert await shop.figures("TEA") == (10, 0)


@pytest.mark.requirement("stock.reserved-whole-or-not")
@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([line("CUP", 1), line("TEA", 11)], "OUT_OF_STOCK"),
        ([line("CUP", 1), line("TEA", minor=449)], "PRICE_CHANGED"),
        ([line("CUP", 1), line("ZINC")], "UNKNOWN_ITEM"),
        ([line("TEA"), line("TEA")], "SKU_REPEATED"),
        ([], "NO_LINES"),
        ([line("tea")], "INVALID_REQUEST: lines[0].sku"),
        ([line(quantity=0)], "INVALID_REQUEST: lines[0].quantity"),
    ],
)
@pytest.mark.parametrize(("mode", "do", "undo"), DO_AND_UNDO)
async def test_a_refused_reservation_keeps_nothing_and_says_why(
    shop: Any, lines: list[StockLine], reason: str, mode: Mode, do: Operation, undo: Operation
) -> None:
    code, text = await shop.branch("Reserve", request_for(*lines), do, mode=mode)
    assert code is grpc.StatusCode.ABORTED
    assert text.startswith(reason)
    assert await shop.branch("Release", request_for(*lines), undo, mode=mode) == OK
    assert (await shop.figures("TEA"), await shop.figures("CUP")) == ((10, 0), (3, 0))


@pytest.mark.requirement("branch.validation-where-refusable")
@pytest.mark.parametrize(
    ("method", "mode", "operation"),
    [
        ("Release", Mode.SAGA, Operation.COMPENSATE),
        ("Release", Mode.TCC, Operation.CANCEL),
        ("Commit", Mode.TCC, Operation.CONFIRM),
        ("Commit", Mode.MESSAGE, Operation.ACTION),
        ("Release", Mode.MESSAGE, Operation.ACTION),
        ("Restock", Mode.MESSAGE, Operation.ACTION),
    ],
)
async def test_what_may_not_refuse_is_never_validated(
    running: Any, method: str, mode: Mode, operation: Operation
) -> None:
    invalid = request_for(line("no sku", quantity=-1), order_id="no order id")
    assert await running.branch(method, invalid, operation, mode=mode) == OK


async def test_a_call_without_the_metadata_of_its_transaction_is_refused(running: Any) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refusal:
        await running.branches.Reserve(request_for(line()))
    assert refusal.value.code() is grpc.StatusCode.INVALID_ARGUMENT
