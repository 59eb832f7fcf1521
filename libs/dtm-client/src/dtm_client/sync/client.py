"""The blocking client of a DTM server."""

import random
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import grpc

from dtm_client.sync.runner import Runner
from dtm_client.sync.transactions import Transactions
from dtm_client.sync.transport import Transport
from dtm_client.transactions.ping import ping


class SyncDtmClient(Transactions):
    """A client of the DTM server at ``address`` for threads; parameters and guarantees are those of ``DtmClient``.

    One client may be used from several threads. ``now`` is a monotonic clock in seconds, ``sleep`` waits for as many.
    """

    def __init__(
        self,
        address: str,
        *,
        http: str | None = None,
        credentials: grpc.ChannelCredentials | None = None,
        deadline: float = 10.0,
        jitter: Callable[[], float] = random.random,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._transport = Transport(address, http, credentials, sleep)
        super().__init__(Runner(self._transport.perform, address, http is not None, deadline, jitter, now))

    def ping(self, *, deadline: float | None = None) -> None:
        """Return when the server has answered; raise ServerUnavailable when it has not within the deadline."""
        self._runner.run(ping(self._runner.retry(deadline)))

    def close(self) -> None:
        """Close the channels; operations under way are cancelled."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
