"""A Redis server of its own for a test."""

import socket
from collections.abc import Sequence
from pathlib import Path

from dtm_client.testing.stores.process import ServerProcess, find_program

_PROBE_SECONDS = 1.0


class RedisServer(ServerProcess):
    """One Redis without persistence: a stop forgets everything. In production DTM wants ``appendfsync always``."""

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def _prepare(self) -> None:
        """Nothing is needed: it begins empty."""

    def _command(self) -> Sequence[str | Path]:
        program = find_program("redis-server", "redis-server")
        volatile = ["--save", "", "--appendonly", "no"]
        return [program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), *volatile]

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), _PROBE_SECONDS) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False
