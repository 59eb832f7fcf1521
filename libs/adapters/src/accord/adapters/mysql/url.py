"""The database URLs that this adapter takes."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

CHOICES = "mysql://user:password@host:3306/database, with ?connections=10 to keep another number of them at most"

_PORT = 3306
_CONNECTIONS = 10


@dataclass(frozen=True, slots=True)
class MysqlDatabase:
    """One database of one server, and how many connections one process may have to it."""

    host: str
    port: int
    name: str
    user: str
    password: str = field(repr=False)
    connections: int = _CONNECTIONS

    def __str__(self) -> str:
        return f"{self.name} at {self.host}:{self.port}"


def parse_url(url: str) -> MysqlDatabase:
    """Read a URL; raise ValueError that names the fault and the choices, and never repeats the password."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    connections = options.pop("connections", str(_CONNECTIONS))
    if parts.scheme != "mysql" or options or not connections.isdecimal() or int(connections) == 0:
        raise ValueError(f"write {CHOICES}")
    try:
        port = parts.port or _PORT
    except ValueError:
        # Python's own words hold the text before the first slash, which may be half of a password.
        raise ValueError(f"the port is no number; in user and password write / as %2F, @ as %40; {CHOICES}") from None
    name = unquote(parts.path[1:])
    if not parts.hostname or not parts.username or not name or "/" in name:
        raise ValueError(f"the URL names no host, no user or no database; write {CHOICES}")
    user, password = unquote(parts.username), unquote(parts.password or "")
    return MysqlDatabase(parts.hostname, port, name, user, password, int(connections))
