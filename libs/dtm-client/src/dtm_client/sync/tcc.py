"""One TCC transaction from Prepare to its outcome."""

from collections.abc import Callable

from dtm_client.errors import DtmError
from dtm_client.sync.branches import Branches
from dtm_client.sync.runner import Runner
from dtm_client.transactions.resolve import outcome_of
from dtm_client.transactions.status import current_state
from dtm_client.transactions.tcc import abort_tcc, begin_tcc, refusal_in, says_no_more_branches, submit_tcc
from dtm_client.transactions.wait import settle
from dtm_client.values.outcome import Outcome
from dtm_client.values.status import Status
from dtm_client.values.tcc import Tcc

Body = Callable[[Branches], object]


def run_tcc(runner: Runner, tcc: Tcc, body: Body, *, wait: bool, deadline: float | None) -> Outcome:
    """Prepare, run ``body``, then submit or abort; see ``Transactions.tcc``."""
    retry = runner.retry(deadline)
    ask = runner.ask(tcc.gid)
    state = runner.run(begin_tcc(tcc, retry))
    if state.status is not Status.PREPARED:
        return runner.run(settle(outcome_of(state), ask, retry, wait=wait))
    try:
        body(Branches(tcc, runner, retry))
    except Exception as error:
        retry = runner.retry(deadline)
        if says_no_more_branches(error):
            state = runner.run(current_state(ask, retry))
            return runner.run(settle(outcome_of(state), ask, retry, wait=wait))
        if (reason := refusal_in(error)) is not None:
            return runner.run(abort_tcc(tcc, reason, ask, retry, wait=wait))
        try:
            runner.run(abort_tcc(tcc, f"{type(error).__name__} in the caller", ask, retry, wait=False))
        except DtmError as failure:
            error.add_note(f"its branches are cancelled when DTM's TimeoutToFail has passed: {failure}")
        raise
    return runner.run(submit_tcc(tcc, ask, runner.retry(deadline), wait=wait))
