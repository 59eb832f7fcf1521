"""The parts of a simulation, as fixtures."""

from collections.abc import AsyncIterator, Callable

import pytest

from dtm_client.testing.simulation.branches import BranchServer
from dtm_client.testing.simulation.caller import ScriptedCaller
from dtm_client.testing.simulation.machine import MachinePlay
from dtm_client.testing.simulation.requests import Requests
from dtm_client.testing.simulation.world import RecordingStore, World


@pytest.fixture
def ask() -> Requests:
    return Requests()


@pytest.fixture
def play() -> MachinePlay:
    return MachinePlay()


@pytest.fixture
def caller() -> ScriptedCaller:
    return ScriptedCaller()


@pytest.fixture
def store() -> RecordingStore:
    return RecordingStore()


@pytest.fixture
def world(caller: ScriptedCaller) -> World:
    return World(caller)


@pytest.fixture
async def branches() -> AsyncIterator[BranchServer]:
    server = BranchServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture(scope="session")
def ask_once() -> Requests:
    """The same, for tests that run many examples with one fixture."""
    return Requests()


@pytest.fixture(scope="session")
def make_play() -> Callable[[], MachinePlay]:
    return MachinePlay
