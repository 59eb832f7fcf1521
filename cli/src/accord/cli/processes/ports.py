"""Which ports the system listens on, loopback only."""

import socket
from contextlib import ExitStack
from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True)
class Ports:
    """The fixed ports, which commands know without being told."""

    order: int = 7100
    order_branch: int = 7101
    inventory: int = 7200
    inventory_branch: int = 7201
    payment: int = 7300
    payment_branch: int = 7301
    webhook: int = 7302
    provider: int = 7400
    coordinator: int = 36790
    coordinator_http: int = 36789

    @classmethod
    def free(cls) -> Self:
        """Return ports that nobody listens on now; all are held until the last is found, so that none comes twice."""
        with ExitStack() as stack:
            sockets = [stack.enter_context(socket.socket()) for _ in fields(cls)]
            for one in sockets:
                one.bind(("127.0.0.1", 0))
            return cls(*(one.getsockname()[1] for one in sockets))
