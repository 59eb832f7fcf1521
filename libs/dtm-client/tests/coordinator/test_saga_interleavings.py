"""Any interleaving of answers, times and crashes ends a saga, and undoes in reverse exactly what was started."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dtm_client.coordinator.machine.transaction import Transaction
from dtm_client.testing.simulation.machine import MachinePlay
from dtm_client.testing.simulation.requests import Requests

CODES = st.sampled_from(["OK", "OK", "OK", "ABORTED", "UNAVAILABLE", "FAILED_PRECONDITION"])


@st.composite
def orders(draw: st.DrawFn, steps: int) -> dict[str, list[int]]:
    """Steps wait for lower ones only, so there is no circle."""
    return {str(step): draw(st.lists(st.integers(0, step - 1), unique=True)) for step in range(1, steps)}


@pytest.mark.requirement("saga.every-interleaving-ends")
@given(data=st.data(), steps=st.integers(1, 4), concurrent=st.booleans())
@settings(max_examples=400, deadline=None)
def test_every_interleaving_ends_and_undoes_what_was_started_in_reverse(
    ask_once: Requests, make_play: Callable[[], MachinePlay], data: st.DataObject, steps: int, concurrent: bool
) -> None:
    waits = data.draw(orders(steps)) if concurrent else {str(step): [step - 1] for step in range(1, steps)}
    timeout = data.draw(st.sampled_from([0, 30]))
    limit = data.draw(st.sampled_from([0, 0, 2]))
    play = make_play()
    play.submit(
        ask_once.saga(steps=steps, concurrent=concurrent, orders=waits, TimeoutToFail=timeout, RetryLimit=limit)
    )
    durable, started = play.now, set(play.open)
    succeeded: set[str] = set()
    undone: set[str] = set()
    due_at_undo: set[str] = set()
    for _ in range(60):
        if play.now.status.final:
            break
        event = data.draw(st.sampled_from(["answer", "answer", "answer", "tick", "crash"]))
        if event == "crash":
            # What no decision was stored with may be forgotten.
            play.transaction = data.draw(st.sampled_from([durable, play.now]))
            play.crash()
        elif event == "answer" and play.open:
            name = data.draw(st.sampled_from(sorted(play.open)))
            code = data.draw(CODES)
            wanted = play.open[name].index in play.now.round.calling
            play.answer(name, code)
            if code == "OK" and wanted:
                (succeeded if name.startswith("a") else undone).add(name)
        else:
            play.tick(play.at + data.draw(st.sampled_from([1.0, 10.0, 60.0])))
        check_order(play, waits, succeeded, undone)
        started |= {name for name in play.called if name.startswith("a")}
        if play.last.decides:
            durable = play.now
        if play.status == "aborting" and not due_at_undo:
            due_at_undo = turns(play.now, waits)
    finish(play, waits, succeeded, undone)

    called_undo = {name for name in play.called if name.startswith("c")}
    started |= {name for name in play.called if name.startswith("a")}
    if play.status == "succeed":
        assert len(succeeded) == steps
        assert not called_undo
    else:
        assert play.status == "failed"
        assert {name.replace("a", "c") for name in started} <= undone
        assert undone <= {name.replace("a", "c") for name in started | due_at_undo}


def check_order(play: MachinePlay, waits: dict[str, list[int]], succeeded: set[str], undone: set[str]) -> None:
    """What is called now has everything behind it that it waits for."""
    for call in play.last.calls:
        name = call.url.rpartition("/")[2]
        step = int(name[1:]) - 1
        if name.startswith("a"):
            assert {f"a{earlier + 1}" for earlier in waits.get(str(step), [])} <= succeeded
        else:
            later = {int(other) for other, earlier in waits.items() if step in earlier}
            started = {int(called[1:]) - 1 for called in play.called if called.startswith("a")}
            assert {f"c{other + 1}" for other in later & started} <= undone


def turns(transaction: Transaction, waits: dict[str, list[int]]) -> set[str]:
    """Actions that may have been called by the rule: those whose turn it was."""
    done = {
        step for step in range(len(transaction.waits_for)) if transaction.branches[2 * step + 1].status == "succeed"
    }
    return {f"a{step + 1}" for step in range(len(transaction.waits_for)) if set(waits.get(str(step), [])) <= done}


def finish(play: MachinePlay, waits: dict[str, list[int]], succeeded: set[str], undone: set[str]) -> None:
    """From here on every branch is well: the saga must end."""
    for _ in range(100):
        if play.now.status.final:
            return
        if play.open:
            name = min(play.open)
            wanted = play.open[name].index in play.now.round.calling
            play.answer(name)
            if wanted:
                (succeeded if name.startswith("a") else undone).add(name)
        else:
            play.wake()
        check_order(play, waits, succeeded, undone)
    raise AssertionError("the saga never ended")
