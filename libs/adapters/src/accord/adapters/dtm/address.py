"""The address of a coordinator."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

_FORM = "dtm://host:port?http=host:port"


@dataclass(frozen=True, slots=True)
class CoordinatorAddress:
    """Its gRPC target, and the base URL of its HTTP API where that is known."""

    target: str
    http: str | None


def parse_url(url: str) -> CoordinatorAddress:
    """Read `dtm://host:port?http=host:port`; raise ValueError that says what is wrong with another text."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    http = options.pop("http", None)
    if parts.scheme != "dtm" or parts.path or options or not _is_address(parts.netloc):
        raise ValueError(f"{url!r} is not of the form {_FORM}")
    if http is not None and not _is_address(http):
        raise ValueError(f"{url!r}: http is {http!r}, and not of the form {_FORM}")
    return CoordinatorAddress(parts.netloc, None if http is None else f"http://{http}")


def _is_address(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return bool(host) and port.isdecimal()
