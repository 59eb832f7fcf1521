"""Answers that many conversations meet."""

from collections.abc import Callable

import pytest
from grpc import StatusCode

from dtm_client.testing.play import Play
from dtm_client.transactions.conversation import Answer


@pytest.fixture
def play() -> Play:
    return Play()


@pytest.fixture
def ok() -> Answer:
    return Answer(StatusCode.OK)


@pytest.fixture
def lost() -> Answer:
    """What a caller sees when the connection breaks, before or after the server did its work."""
    return Answer(StatusCode.UNAVAILABLE, "Socket closed")


@pytest.fixture
def stands() -> Callable[[str], Answer]:
    """The answer to the status probe."""

    def answer(status: str) -> Answer:
        if status == "unknown":
            return Answer(StatusCode.INTERNAL, "no TransGlobal with gid: g found")
        return Answer(StatusCode.ABORTED, f"trans type: 'saga' current status '{status}', cannot abort. FAILURE")

    return answer
