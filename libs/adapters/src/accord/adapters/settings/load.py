"""Settings read from the environment."""

from typing import TypeVar

from pydantic import ValidationError

from accord.adapters.settings.base import PREFIX, ServiceSettings
from accord.adapters.settings.errors import BadConfiguration

S = TypeVar("S", bound=ServiceSettings)


def load(kind: type[S]) -> S:
    """Return the settings; raise BadConfiguration with every faulty variable in one line."""
    try:
        return kind()  # type: ignore[call-arg]  # the environment has them
    except ValidationError as error:
        faults = [_fault(str(detail["loc"][0]), detail["type"], detail["msg"]) for detail in error.errors()]
        raise BadConfiguration("; ".join(faults)) from error


def _fault(field: str, kind: str, message: str) -> str:
    variable = PREFIX + field.upper()
    if kind == "missing":
        return f"{variable}: is not set"
    return f"{variable}: {message.removeprefix('Value error, ')}"
