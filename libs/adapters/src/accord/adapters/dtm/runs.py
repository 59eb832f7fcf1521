"""Running stored flows."""

from accord.adapters.dtm import flows
from accord.adapters.dtm.frozen import Content, Step, unpack
from accord.adapters.dtm.outcomes import outcome_for_port
from accord.adapters.dtm.targets import BranchTargets
from accord.adapters.dtm.timing import TIMINGS
from accord.ports.errors import DependencyUnavailable
from accord.ports.flow import FrozenFlow
from accord.ports.transactions import NotStored, Outcome, StillRunning
from dtm_client.aio.branches import Branches
from dtm_client.aio.transactions import Transactions
from dtm_client.errors import BranchFailed, BranchUnavailable, ServerUnavailable, TransactionRefused
from dtm_client.values.status import Mode

COORDINATOR = "the coordinator"


async def run(client: Transactions, flow: FrozenFlow, targets: BranchTargets, *, first: bool) -> Outcome:
    """Run a flow; unless it is the `first` time, the coordinator is asked before it is sent.

    Raises DependencyUnavailable when nothing is known of it at the deadline: it may have been stored or not.
    """
    content = unpack(flow.content)
    try:
        if content.mode == Mode.TCC:
            # Prepare and the registrations are recognised as repeats by the coordinator, tries by their barrier.
            return await _tcc(client, flow.gid, content, targets)
        submit = client.saga if first else client.resume
        saga = flows.saga(flow.gid, content, targets)
        return outcome_for_port(await submit(saga, wait=True, deadline=TIMINGS[content.name].patience))
    except ServerUnavailable as error:
        raise DependencyUnavailable(COORDINATOR, str(error)) from error


async def _tcc(client: Transactions, gid: str, content: Content, targets: BranchTargets) -> Outcome:
    prepared = False

    async def body(branches: Branches) -> None:
        nonlocal prepared
        prepared = True
        for step in content.steps:
            await _try(branches, step, targets)

    try:
        outcome = await client.tcc(flows.tcc(gid, content), body, wait=True, deadline=TIMINGS[content.name].patience)
    except TransactionRefused as error:
        return StillRunning(str(error)) if prepared else NotStored(str(error))
    return outcome_for_port(outcome)


async def _try(branches: Branches, step: Step, targets: BranchTargets) -> None:
    try:
        await branches.run(flows.tcc_branch(step, targets))
    except (BranchFailed, TransactionRefused) as error:
        # A branch that answers neither yes nor no, or cannot be registered, cannot be had: the others are cancelled.
        raise BranchUnavailable(f"{step.service} {step.action}: {error}") from error
