"""What came of the wish that a stuck transaction be called before its time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Due:
    """The manager calls it next: DTM when its scheduler looks, within 3 seconds if no slow branch holds it up."""


@dataclass(frozen=True, slots=True)
class NotHurried:
    """Nothing was changed, and ``reason`` says why: it is called at its own time, or it is final, or unknown."""

    reason: str


Hurried = Due | NotHurried
