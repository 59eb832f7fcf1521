"""The client, and a server that answers it as told."""

from collections.abc import AsyncIterator

import pytest
from grpc import StatusCode

from dtm_client.aio.client import DtmClient
from dtm_client.testing.scripted import ScriptedServer
from dtm_client.transactions.conversation import Answer


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedServer]:
    async with ScriptedServer() as server:
        yield server


@pytest.fixture
async def dtm(scripted: ScriptedServer) -> AsyncIterator[DtmClient]:
    async with DtmClient(scripted.address, deadline=5, jitter=lambda: 0.0) as client:
        yield client


@pytest.fixture
def lost() -> Answer:
    """What a caller sees when the connection breaks, before or after the server did its work."""
    return Answer(StatusCode.UNAVAILABLE, "Socket closed")
