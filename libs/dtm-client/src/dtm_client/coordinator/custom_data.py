"""The JSON in a request's CustomedData: a saga's orders, a message's delay."""

import json
from typing import Any

from dtm_client.errors import InvalidTransaction

_FIELD = "CustomedData"


def waits_for(custom_data: str, steps: int) -> tuple[tuple[int, ...], ...]:
    """Return for each step of a saga the steps that must have succeeded before; by default that is the one before.

    Raise InvalidTransaction if the JSON is none, names a step that does not exist, or lets steps wait for each other.
    """
    content = _content(custom_data)
    if not content.get("concurrent", False):
        return tuple((step - 1,) if step else () for step in range(steps))
    orders = content.get("orders") or {}
    try:
        named = {int(step): tuple(int(earlier) for earlier in waits) for step, waits in orders.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidTransaction(_FIELD, f"orders are {orders!r}", 'write {"step": [steps before it]}') from error
    for step in {*named, *(earlier for waits in named.values() for earlier in waits)}:
        if not 0 <= step < steps:
            raise InvalidTransaction(_FIELD, f"there is no step {step}", f"use indexes from 0 to {steps - 1}")
    result = tuple(named.get(step, ()) for step in range(steps))
    _refuse_cycles(result)
    return result


def delay(custom_data: str) -> float:
    """Return the seconds that a message's first delivery is put off; raise InvalidTransaction if they are no number."""
    value = _content(custom_data).get("delay", 0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise InvalidTransaction(_FIELD, f"delay is {value!r}", "write seconds, 0 or more")
    return float(value)


def _content(custom_data: str) -> dict[str, Any]:
    if not custom_data:
        return {}
    try:
        content = json.loads(custom_data)
    except ValueError as error:
        raise InvalidTransaction(_FIELD, f"not JSON: {error}", "send a JSON object, or nothing") from error
    if not isinstance(content, dict):
        raise InvalidTransaction(_FIELD, f"{content!r} is not an object", "send a JSON object, or nothing")
    return content


def _refuse_cycles(waiting: tuple[tuple[int, ...], ...]) -> None:
    done: set[int] = set()
    left = set(range(len(waiting)))
    while ready := {step for step in left if done.issuperset(waiting[step])}:
        done |= ready
        left -= ready
    if left:
        raise InvalidTransaction(_FIELD, f"steps {sorted(left)} wait for each other", "take out the circle")
