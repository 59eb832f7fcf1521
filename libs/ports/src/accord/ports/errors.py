"""Every error that a port may raise.

::

    PortError
    ├── DependencyUnavailable    the thing behind the port cannot be reached in time; trying again later may help
    ├── DecisionUnknown          a commit was sent and its answer lost; ask before anything is done again
    └── LockNotAcquired          somebody else held it until the deadline
"""


class PortError(Exception):
    """The root of everything a port raises; business errors are the domain's own."""


class DependencyUnavailable(PortError):
    """Names what could not be reached; nothing was changed, or the port's method says what may have been."""

    def __init__(self, dependency: str, cause: str) -> None:
        super().__init__(f"{dependency} is unavailable: {cause}")
        self.dependency = dependency


class DecisionUnknown(PortError):
    """Whether the transaction was committed cannot be told from here."""


class LockNotAcquired(PortError):
    """The lock was held by somebody else until the deadline."""
