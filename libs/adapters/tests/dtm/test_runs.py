"""A coordinator that does not answer, in virtual time."""

import asyncio

import pytest
from grpc import StatusCode

from accord.adapters.dtm.frozen import Content, Step, pack
from accord.adapters.dtm.runs import run
from accord.adapters.dtm.targets import BranchTargets
from accord.adapters.dtm.timing import TIMINGS
from accord.ports.errors import DependencyUnavailable
from accord.ports.flow import FrozenFlow
from accord.ports.transactions import StillRunning
from dtm_client.aio.runner import Runner
from dtm_client.aio.transactions import Transactions
from dtm_client.testing import virtual_time
from dtm_client.transactions.conversation import Answer, Call, Method, Pause, Question, Reply

STEP = Step("stock", "shop.Stock", "Reserve", "Release", "Commit", b"")
TARGETS = BranchTargets({"stock": "dns:stock:7201"})


def frozen(mode: str, name: str) -> FrozenFlow:
    return FrozenFlow("place-1", pack(Content(mode, name, (STEP,))))


class Script:
    """Answers each method's calls, and counts them."""

    def __init__(self, **answers: Answer) -> None:
        self._answers = answers
        self.methods: list[str] = []

    @property
    def client(self) -> Transactions:
        return Transactions(Runner(self._perform, "dtm:1", http=False, deadline=1.0, jitter=lambda: 0.5))

    async def _perform(self, question: Question) -> Reply:
        if isinstance(question, Pause):
            await asyncio.sleep(question.seconds)
            return None
        assert isinstance(question, Call)
        self.methods.append(question.method)
        return self._answers.get(question.method, Answer(StatusCode.UNAVAILABLE, "connection refused"))


@pytest.mark.parametrize(("mode", "name"), [("saga", "place-hosted"), ("tcc", "place-wallet")])
@pytest.mark.parametrize("first", [True, False])
def test_nothing_is_known_of_a_flow_when_the_coordinator_never_answered(mode: str, name: str, first: bool) -> None:
    async def scenario() -> float:
        with pytest.raises(DependencyUnavailable, match="the coordinator"):
            await run(Script().client, frozen(mode, name), TARGETS, first=first)
        return asyncio.get_running_loop().time()

    patience = TIMINGS[name].patience
    assert patience / 2 <= virtual_time.run(scenario()) <= patience


def test_a_resumed_saga_is_not_sent_while_the_coordinator_cannot_be_asked() -> None:
    script = Script()

    async def scenario() -> None:
        with pytest.raises(DependencyUnavailable):
            await run(script.client, frozen("saga", "place-hosted"), TARGETS, first=False)

    virtual_time.run(scenario())
    assert Method.SUBMIT not in script.methods
    assert len(script.methods) > 1


def test_a_saga_that_does_not_end_in_time_is_still_running_and_was_sent_once() -> None:
    status = Answer(StatusCode.ABORTED, "trans type: 'saga' current status 'submitted', cannot abort. FAILURE")
    waiting = Answer(StatusCode.ABORTED, "wait result not return success: FAILURE")
    script = Script(Submit=waiting, Abort=status)

    async def scenario() -> None:
        outcome = await run(script.client, frozen("saga", "place-hosted"), TARGETS, first=True)
        assert isinstance(outcome, StillRunning)

    virtual_time.run(scenario())
    assert script.methods.count(Method.SUBMIT) == 1
