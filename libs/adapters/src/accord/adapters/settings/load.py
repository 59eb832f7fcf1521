"""Settings read from the environment."""

from typing import TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from accord.adapters.settings.base import PREFIX, ServiceSettings
from accord.adapters.settings.errors import BadConfiguration

S = TypeVar("S", bound=ServiceSettings)


def load(kind: type[S]) -> S:
    """Return the settings; raise BadConfiguration with every faulty variable in one line.

    A variable that is set to nothing is taken as not set.
    """
    try:
        return kind()  # type: ignore[call-arg]  # the environment has them
    except ValidationError as error:
        raise BadConfiguration("; ".join(_fault(kind, detail) for detail in error.errors())) from error


def _fault(kind: type[ServiceSettings], detail: ErrorDetails) -> str:
    field = str(detail["loc"][0])
    variable = PREFIX + field.upper()
    if detail["type"] == "missing":
        return f"{variable} is not set; choices: {kind.model_fields[field].description}"
    # What a value's own reader says needs no word of pydantic's before it.
    text = detail["msg"].removeprefix("Value error, ")
    return f"{variable}: {text}" if detail["type"] == "value_error" else f"{variable}: {detail['input']!r}: {text}"
