"""What stands in tables: times, names of crash points, URLs, what is stored."""

import pytest

from accord.adapters.dtm.frozen import Content, Step, pack, unpack
from accord.adapters.dtm.outcomes import outcome_for_port
from accord.adapters.dtm.points import branch_points, decision_points
from accord.adapters.dtm.targets import BranchTargets
from accord.adapters.dtm.timing import TIMINGS
from accord.adapters.sqlite.patience import PATIENCE
from accord.ports import transactions as port
from dtm_client.values import outcome as dtm


@pytest.mark.requirement("saga.no-call-while-one-runs")
@pytest.mark.parametrize("name", TIMINGS)
def test_no_branch_is_called_again_while_its_call_may_still_run(name: str) -> None:
    options = TIMINGS[name].options
    assert options.retry_interval > options.request_timeout + 2
    assert options.request_timeout > PATIENCE


@pytest.mark.requirement("saga.undone-by-refusal-alone")
def test_a_hosted_order_is_undone_by_a_refusal_alone() -> None:
    options = TIMINGS["place-hosted"].options
    assert (options.timeout_to_fail, options.retry_limit) == (0, 0)


@pytest.mark.requirement("tcc.not-cancelled-while-tried")
def test_a_wallet_order_is_not_cancelled_while_its_caller_still_tries() -> None:
    timing = TIMINGS["place-wallet"]
    assert timing.options.timeout_to_fail > 2 * timing.patience


@pytest.mark.requirement("crash.points-are-enumerable")
def test_crash_points_are_enumerable() -> None:
    assert branch_points("stock", ["reserve"]) == {"stock.reserve:before-commit", "stock.reserve:after-commit"}
    assert decision_points("payment", ["callback-declined"]) == {
        "payment.callback-declined:after-prepare",
        "payment.callback-declined:before-commit",
        "payment.callback-declined:after-commit",
    }


def test_what_is_stored_is_read_back_and_carries_no_address() -> None:
    steps = (Step("stock", "shop.Stock", "Reserve", "Release", "Commit", b"\x00\xff"),)
    content = Content("tcc", "place-wallet", steps)
    stored = pack(content)
    assert unpack(stored) == content
    assert stored == (
        b'{"version":1,"mode":"tcc","name":"place-wallet","steps":[{"service":"stock","grpc_service":"shop.Stock",'
        b'"action":"Reserve","undo":"Release","confirm":"Commit","payload":"AP8="}]}'
    )


def test_a_later_form_is_refused_instead_of_guessed() -> None:
    with pytest.raises(ValueError, match="version 2"):
        unpack(b'{"version":2}')


def test_urls_have_the_form_that_dtm_and_grpc_both_dial() -> None:
    targets = BranchTargets({"stock": "dns:stock.shop:7201"})
    step = Step("stock", "shop.Stock", "Reserve", "", "Commit", b"")
    assert targets.action(step) == "dns:stock.shop:7201/shop.Stock/Reserve"
    assert targets.confirm(step) == "dns:stock.shop:7201/shop.Stock/Commit"
    assert targets.undo(step) == ""
    with pytest.raises(LookupError, match="no branch target for order; known are stock"):
        targets.url("order", "shop.Order/Create")


def test_undoing_that_has_not_ended_is_still_running() -> None:
    assert outcome_for_port(dtm.RollingBack("OUT_OF_STOCK")) == port.StillRunning("being undone: OUT_OF_STOCK")
    assert outcome_for_port(dtm.RolledBack("OUT_OF_STOCK")) == port.RolledBack("OUT_OF_STOCK")
    assert outcome_for_port(dtm.Submitted()) == port.StillRunning("submitted")
    assert outcome_for_port(dtm.NotStored("no")) == port.NotStored("no")
