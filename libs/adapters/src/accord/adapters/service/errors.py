"""The errors of this package.

::

    StartFailed     the service could not start; one line names the variable to look at
"""


class StartFailed(Exception):
    """What was wanted could not be had: an address, a database, a server."""

    def __init__(self, variable: str, fault: object) -> None:
        super().__init__(f"{variable}: {fault}")
        self.variable = variable
