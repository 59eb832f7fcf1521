"""The asyncio client of a DTM server."""

import random
from collections.abc import Callable
from types import TracebackType
from typing import Self

import grpc

from dtm_client.aio.runner import Runner
from dtm_client.aio.transactions import Transactions
from dtm_client.aio.transport import Transport
from dtm_client.transactions.ping import ping


class DtmClient(Transactions):
    """A client of the DTM server at ``address`` (any gRPC target), to be made inside a running event loop.

    * ``http``: base URL of the server's HTTP API, such as ``http://127.0.0.1:36789``; with it statuses are asked for
      there, which also tells rollback reasons. Raises ValueError when it is none.
    * ``credentials``: for a server behind a TLS proxy; DTM itself speaks plaintext.
    * ``deadline``: seconds that one operation may take, retries included, unless it brings its own.
    * ``jitter``: returns numbers in [0, 1) that spread the pauses between retries.
    """

    def __init__(
        self,
        address: str,
        *,
        http: str | None = None,
        credentials: grpc.ChannelCredentials | None = None,
        deadline: float = 10.0,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._transport = Transport(address, http, credentials)
        super().__init__(Runner(self._transport.perform, address, http is not None, deadline, jitter))

    async def ping(self, *, deadline: float | None = None) -> None:
        """Return when the server has answered; raise ServerUnavailable when it has not within the deadline."""
        await self._runner.run(ping(self._runner.retry(deadline)))

    async def aclose(self) -> None:
        """Close the channels; operations under way are cancelled, but Submits get up to 3 seconds to be answered."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
