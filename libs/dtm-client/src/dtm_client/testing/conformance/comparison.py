"""Compares the branch calls that came with those that were expected, and says each difference in a line."""

from collections.abc import Sequence

from dtm_client.testing.conformance.journal import Arrival
from dtm_client.testing.conformance.scenario import Call, Expected, Repeated, Scenario, Together

# gRPC rounds a deadline up for the way.
_ROUNDING_SECONDS = 0.25
_SHOWN_BYTES = 40


def call_differences(scenario: Scenario, arrivals: Sequence[Arrival]) -> list[str]:
    """Return how the calls, their deadlines and their number at once differ from what the scenario says."""
    found: list[str] = []
    for gid in dict.fromkeys([*map(_gid_of, scenario.calls), *(one.call.gid for one in arrivals)]):
        expected = [one for one in scenario.calls if _gid_of(one) == gid]
        found += _sequence_differences(expected, [one.call for one in arrivals if one.call.gid == gid])
    limit = scenario.deadline + _ROUNDING_SECONDS
    if late := [one for one in arrivals if not 0 < one.seconds_left <= limit]:
        first = late[0]
        found.append(f"{_say(first.call)}: deadline in {first.seconds_left:.1f} s, expected {scenario.deadline} s")
    most = max((one.at_work for one in arrivals), default=0)
    if scenario.most_in_flight not in (None, most):
        found.append(f"{most} branch calls at once, expected {scenario.most_in_flight}")
    return found


def _sequence_differences(expected: Sequence[Expected], actual: Sequence[Call]) -> list[str]:
    """Return the first difference between two sequences, for those after it only follow from it."""
    rest = list(actual)
    for element in expected:
        match element:
            case Repeated(call):
                if fault := _take(rest, [call]):
                    return fault
                while rest and rest[0] == call:
                    rest.pop(0)
            case Together(calls):
                if fault := _take(rest, calls):
                    return fault
            case Call():
                if fault := _take(rest, [element]):
                    return fault
    return [f"came and was not expected: {_say(call)}" for call in rest]


def _take(rest: list[Call], calls: Sequence[Call]) -> list[str]:
    """Take calls, in any order, from the front of ``rest``; return what is wrong with what stands there instead."""
    came = rest[: len(calls)]
    missing = list(calls)
    strange: list[Call] = []
    for call in came:
        if call in missing:
            missing.remove(call)
        else:
            strange.append(call)
    del rest[: len(calls)]
    return [f"expected: {_say(call)}" for call in missing] + [f"came: {_say(call)}" for call in strange]


def _gid_of(expected: Expected) -> str:
    match expected:
        case Call():
            return expected.gid
        case Repeated(call):
            return call.gid
        case Together(calls):
            return calls[0].gid


def _say(call: Call) -> str:
    payload = call.payload if len(call.payload) <= _SHOWN_BYTES else call.payload[:_SHOWN_BYTES] + b"..."
    return f"{call.mode} {call.branch} {call.operation} {call.method} {payload!r} {dict(call.headers)} gid {call.gid}"
