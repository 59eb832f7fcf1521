"""Fresh identifiers, as a port, so that a simulation can repeat them."""

from typing import Protocol


class Ids(Protocol):
    """Makes identifiers that are never given out twice."""

    def fresh(self) -> str:
        """Return a UUID as 36 lower-case characters; later ones sort behind earlier ones (RFC 9562, version 7)."""
        ...
