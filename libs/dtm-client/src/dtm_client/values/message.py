"""The two-phase message: a local decision, told to everybody else exactly when it was committed."""

from dataclasses import dataclass, field

from dtm_client.values.options import Options


@dataclass(frozen=True, slots=True)
class MessageStep:
    """One telling; DTM repeats it until it is answered OK, so it must never refuse."""

    action: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """Steps are delivered in order, none before the one in front of it was answered OK.

    ``query_prepared`` is asked whether the local transaction was committed when no Submit arrives; empty for a message
    that is submitted without Prepare. ``delay`` seconds pass before the first delivery.
    """

    gid: str
    steps: tuple[MessageStep, ...]
    query_prepared: str = ""
    delay: int = 0
    options: Options = field(default_factory=Options)
