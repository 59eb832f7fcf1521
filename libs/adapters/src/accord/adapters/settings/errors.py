"""The errors of this package.

::

    BadConfiguration    variables that cannot be what is meant; one line names each with its fault
"""

from collections.abc import Iterator
from contextlib import contextmanager


class BadConfiguration(Exception):
    """Nothing was started; the text is one line for the operator."""


@contextmanager
def blaming(variable: str) -> Iterator[None]:
    """Turn the ValueError of whoever reads a variable's value into one line that names the variable."""
    try:
        yield
    except ValueError as error:
        raise BadConfiguration(f"{variable}: {error}") from error
