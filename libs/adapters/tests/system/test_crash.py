"""Crash points kill, and only where they are told to."""

import signal
import subprocess
import sys

import pytest

from accord.adapters.system.crash import ArmedCrashPoints

KNOWN = frozenset({"stock.reserve:before-commit", "stock.reserve:after-commit"})


@pytest.mark.requirement("crash.points-kill")
def test_an_armed_point_kills_the_process_and_the_others_do_not() -> None:
    program = (
        "from accord.adapters.system.crash import ArmedCrashPoints\n"
        "points = ArmedCrashPoints('b', frozenset({'a', 'b'}))\n"
        "points.reach('a'); print('passed a', flush=True); points.reach('b'); print('passed b', flush=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == -signal.SIGKILL
    assert done.stdout == "passed a\n"


def test_an_unarmed_process_passes_every_point() -> None:
    points = ArmedCrashPoints(None, KNOWN)
    for point in KNOWN:
        points.reach(point)


@pytest.mark.requirement("crash.points-are-enumerable")
def test_an_unknown_point_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"stock.reserve:after-commit, stock.reserve:before-commit"):
        ArmedCrashPoints("stock.reserve:after-comit", KNOWN)


def test_reaching_a_point_that_is_not_enumerated_is_a_fault() -> None:
    with pytest.raises(AssertionError, match="not enumerated"):
        ArmedCrashPoints(None, KNOWN).reach("stock.release:after-commit")
