"""A flow as a value: which commands make up a global transaction, and in which mode they run.

Commands are frozen dataclasses of the service that starts the flow; no proto, no URL. One table in that service's
infrastructure says where each command goes, and another which times hold for each flow's name.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Saga:
    """Commands run in order; when one refuses, those before it and itself are undone in reverse."""

    name: str
    gid: str
    steps: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Tcc:
    """Commands are tried in order; then all are confirmed, or all cancelled, in reverse."""

    name: str
    gid: str
    branches: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A local decision, told to the others by commands that can never refuse."""

    name: str
    gid: str
    steps: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class FrozenFlow:
    """A saga or TCC with its payloads encoded once and for all: stored before it is sent, and sent again in a repeat.

    `content` is opaque, and readable by later versions of the adapter that wrote it.
    """

    gid: str
    content: bytes
