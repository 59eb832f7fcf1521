"""Services at addresses that stand in the configuration."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from accord.ports.errors import DependencyUnavailable


class StaticDiscovery:
    """Implements accord.ports.discovery.ServiceDiscovery."""

    def __init__(self, targets: Mapping[str, str]) -> None:
        self._targets = dict(targets)

    def target(self, service: str) -> str:
        """Return the target as it was configured."""
        if service not in self._targets:
            raise DependencyUnavailable(f"service {service}", f"known are {', '.join(sorted(self._targets)) or 'none'}")
        return self._targets[service]


def from_url(url: str) -> StaticDiscovery:
    """Read `static://?order=127.0.0.1:7100&payment=…`; raise ValueError that says what is wrong with another text."""
    parts = urlsplit(url)
    if parts.scheme != "static" or parts.netloc or parts.path:
        raise ValueError(f"{url!r} is not of the form static://?service=host:port&service=host:port")
    targets = dict(parse_qsl(parts.query, keep_blank_values=True))
    for service, target in targets.items():
        host, _, port = target.rpartition(":")
        if not host or not port.isdecimal():
            raise ValueError(f"{url!r}: the target of {service} is {target!r}; write host:port")
    return StaticDiscovery(targets)
