"""Means to break a coordinator on purpose, and to run chosen scenarios against it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import grpc.aio
import pytest

from dtm_client.coordinator.caller import GrpcCaller
from dtm_client.coordinator.runner import Runner
from dtm_client.coordinator.service import DtmService
from dtm_client.coordinator.store.memory import MemoryStore
from dtm_client.protocol.dtm_pb2_grpc import add_DtmServicer_to_server
from dtm_client.testing.conformance.kinds import Kind
from dtm_client.testing.conformance.runner import run_suite
from dtm_client.testing.conformance.scenarios import SCENARIOS

DifferencesOf = Callable[[type[DtmService], str], Awaitable[tuple[str, ...]]]


@pytest.fixture
async def differences_of() -> AsyncIterator[DifferencesOf]:
    """Runs the scenario of that name against the embedded coordinator with another service in front."""
    async with AsyncExitStack() as stack:

        async def run(service: type[DtmService], name: str) -> tuple[str, ...]:
            caller = GrpcCaller()
            stack.push_async_callback(caller.aclose)
            runner = Runner(MemoryStore(), caller, lambda: 1.0)
            stack.push_async_callback(runner.stop, 0)
            server = grpc.aio.server()
            add_DtmServicer_to_server(service(runner, lambda: 1.0, lambda: "gid"), server)
            port = server.add_insecure_port("127.0.0.1:0")
            runner.start()
            await server.start()
            stack.push_async_callback(server.stop, None)
            [result] = await run_suite(
                f"127.0.0.1:{port}", Kind.EMBEDDED, [one for one in SCENARIOS if one.name == name]
            )
            return result.differences

        yield run
