"""From the port's flow values to dtm-client's, by way of what is stored."""

from accord.adapters.dtm.encoding import encode
from accord.adapters.dtm.frozen import Content, Step, pack
from accord.adapters.dtm.routes import Routes
from accord.adapters.dtm.targets import BranchTargets
from accord.adapters.dtm.timing import TIMINGS
from accord.ports import flow as port
from dtm_client.values.message import Message, MessageStep
from dtm_client.values.saga import Saga, SagaStep
from dtm_client.values.status import Mode
from dtm_client.values.tcc import Tcc, TccBranch


def freeze(flow: port.Saga | port.Tcc, routes: Routes) -> port.FrozenFlow:
    """Encode a flow for storing; raise InvalidCommand for a command that its receiver would not take."""
    match flow:
        case port.Saga(name, gid, commands):
            mode = Mode.SAGA
        case port.Tcc(name, gid, commands):
            mode = Mode.TCC
    steps = tuple(encode(command, routes) for command in commands)
    return port.FrozenFlow(gid, pack(Content(mode, name, steps)))


def saga(gid: str, content: Content, targets: BranchTargets) -> Saga:
    """The saga of a stored flow, at today's addresses."""
    steps = tuple(SagaStep(targets.action(step), targets.undo(step), step.payload) for step in content.steps)
    return Saga(gid, steps, options=TIMINGS[content.name].options)


def tcc(gid: str, content: Content) -> Tcc:
    """The TCC transaction of a stored flow."""
    return Tcc(gid, TIMINGS[content.name].options)


def tcc_branch(step: Step, targets: BranchTargets) -> TccBranch:
    """One branch of a stored TCC flow, at today's address."""
    return TccBranch(targets.action(step), targets.confirm(step), targets.undo(step), step.payload)


def message(flow: port.Message, routes: Routes, targets: BranchTargets, query_prepared: str) -> Message:
    """The message of a decision; raise InvalidCommand as `freeze` does."""
    steps = tuple(encode(command, routes) for command in flow.steps)
    return Message(
        flow.gid,
        tuple(MessageStep(targets.action(step), step.payload) for step in steps),
        query_prepared,
        options=TIMINGS[flow.name].options,
    )
