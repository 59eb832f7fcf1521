"""One TCC transaction from Prepare to its outcome."""

import asyncio
from collections.abc import Awaitable, Callable

from dtm_client.aio.branches import Branches
from dtm_client.aio.runner import Runner
from dtm_client.errors import DtmError
from dtm_client.transactions.resolve import outcome_of
from dtm_client.transactions.status import current_state
from dtm_client.transactions.tcc import abort_tcc, begin_tcc, refusal_in, says_no_more_branches, submit_tcc
from dtm_client.transactions.wait import settle
from dtm_client.values.outcome import Outcome
from dtm_client.values.status import Status
from dtm_client.values.tcc import Tcc

Body = Callable[[Branches], Awaitable[object]]


async def run_tcc(runner: Runner, tcc: Tcc, body: Body, *, wait: bool, deadline: float | None) -> Outcome:
    """Prepare, run ``body``, then submit or abort; see ``Transactions.tcc``."""
    retry = runner.retry(deadline)
    ask = runner.ask(tcc.gid)
    state = await runner.run(begin_tcc(tcc, retry))
    if state.status is not Status.PREPARED:
        return await runner.run(settle(outcome_of(state), ask, retry, wait=wait))
    try:
        await body(Branches(tcc, runner, retry))
    except (Exception, asyncio.CancelledError) as error:
        retry = runner.retry(deadline)
        if says_no_more_branches(error):
            state = await runner.run(current_state(ask, retry))
            return await runner.run(settle(outcome_of(state), ask, retry, wait=wait))
        if (reason := refusal_in(error)) is not None:
            return await runner.run(abort_tcc(tcc, reason, ask, retry, wait=wait))
        try:
            await runner.run(abort_tcc(tcc, f"{type(error).__name__} in the caller", ask, retry, wait=False))
        except DtmError as failure:
            error.add_note(f"its branches are cancelled when DTM's TimeoutToFail has passed: {failure}")
        raise
    return await runner.run(submit_tcc(tcc, ask, runner.retry(deadline), wait=wait))
