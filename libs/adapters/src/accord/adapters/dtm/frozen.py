"""A flow as it is stored: method names and payload bytes, so that a later version sends what the first one sent.

The form is JSON with a version. Addresses are left out: they are those of the day on which it runs.
"""

import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One receiver and what it is sent; an empty name means that there is no such method."""

    service: str
    grpc_service: str
    action: str
    undo: str
    confirm: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Content:
    """`mode` is `saga` or `tcc`; `name` chooses the times."""

    mode: str
    name: str
    steps: tuple[Step, ...]


def pack(content: Content) -> bytes:
    """Write; the same content always gives the same bytes."""
    steps = [{**asdict(step), "payload": b64encode(step.payload).decode()} for step in content.steps]
    stored = {"version": _VERSION, "mode": content.mode, "name": content.name, "steps": steps}
    return json.dumps(stored, separators=(",", ":")).encode()


def unpack(stored: bytes) -> Content:
    """Read what this or an earlier version wrote; raise ValueError for a form of a later one."""
    content = json.loads(stored)
    if content["version"] != _VERSION:
        raise ValueError(f"a frozen flow of version {content['version']}, and this program knows version {_VERSION}")
    steps = tuple(Step(**{**step, "payload": b64decode(step["payload"])}) for step in content["steps"])
    return Content(content["mode"], content["name"], steps)
