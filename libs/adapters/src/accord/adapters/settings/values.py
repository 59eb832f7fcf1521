"""The kinds of values that variables hold, each read from its text; a ValueError says what to write instead."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from pydantic import BeforeValidator
from pydantic_settings import NoDecode

_PORTS = range(65536)


def host_and_port(text: str) -> str:
    """Return the text if it is host:port, the port in 0..65535."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) not in _PORTS:
        raise ValueError(f"{text!r} is not an address; write host:port, such as 127.0.0.1:7200")
    return text


@dataclass(frozen=True, slots=True)
class Coordinator:
    """The transaction manager's two addresses, each host:port: gRPC, and the HTTP API that tells the status."""

    grpc: str
    http: str


def coordinator(text: object) -> object:
    """Read `dtm://host:port?http=host:port`."""
    if not isinstance(text, str):
        return text
    parts = urlsplit(text)
    http = parse_qs(parts.query).get("http", [])
    if parts.scheme != "dtm" or parts.path or len(http) != 1:
        raise ValueError(f"{text!r} is no coordinator; write dtm://host:port?http=host:port")
    return Coordinator(host_and_port(parts.netloc), host_and_port(http[0]))


def branch_targets(text: object) -> object:
    """Read `service=dns:host:port,service=dns:host:port`."""
    if not isinstance(text, str):
        return text
    targets: dict[str, str] = {}
    for entry in text.split(","):
        service, _, target = entry.strip().partition("=")
        if not service or not target.startswith("dns:"):
            raise ValueError(
                f"{entry.strip()!r} is no branch target; write order=dns:host:port,inventory=dns:host:port"
            )
        host_and_port(target.removeprefix("dns:"))
        targets[service] = target
    return targets


Address = Annotated[str, BeforeValidator(host_and_port)]
CoordinatorUrl = Annotated[Coordinator, NoDecode, BeforeValidator(coordinator)]
BranchTargetMap = Annotated[Mapping[str, str], NoDecode, BeforeValidator(branch_targets)]
