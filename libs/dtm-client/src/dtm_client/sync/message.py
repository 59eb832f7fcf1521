"""A local transaction, and the message that tells of it."""

from collections.abc import Callable

from dtm_client.errors import BranchRefused, DtmError
from dtm_client.protocol.messages import abort_request
from dtm_client.sync.runner import Runner
from dtm_client.transactions.abort import abort
from dtm_client.transactions.message import decide_message, prepare_message, submit_message
from dtm_client.transactions.resolve import outcome_of
from dtm_client.transactions.status import by_probe
from dtm_client.transactions.wait import settle
from dtm_client.values.message import Message
from dtm_client.values.outcome import Outcome
from dtm_client.values.status import Mode, Status

Local = Callable[[], object]


def run_message(
    runner: Runner,
    message: Message,
    local: Local,
    not_committed: tuple[type[Exception], ...],
    *,
    wait: bool,
    deadline: float | None,
) -> Outcome:
    """Prepare, run ``local``, then submit, abort, or ask query-prepared; see ``Transactions.do_and_submit``."""
    retry = runner.retry(deadline)
    gid = message.gid
    state = runner.run(prepare_message(message, retry))
    if state.status is not Status.PREPARED:
        return runner.run(settle(outcome_of(state), runner.ask(gid), retry, wait=wait))
    http, probe = runner.ask_http(gid), by_probe(gid)
    try:
        local()
    except Exception as error:
        retry = runner.retry(deadline)
        try:
            if isinstance(error, (BranchRefused, *not_committed)):
                request = abort_request(gid, Mode.MESSAGE, str(error))
                runner.run(abort(request, http or probe, retry, wait=False))
            else:
                runner.run(decide_message(message, http, probe, runner.manager, retry))
        except DtmError as failure:
            error.add_note(f"the message stays prepared until DTM asks query-prepared: {failure}")
        raise
    return runner.run(submit_message(message, http, probe, runner.retry(deadline), wait=wait))
