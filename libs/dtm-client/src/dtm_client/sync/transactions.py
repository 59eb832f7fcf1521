"""Every operation of the client, over whatever performs the questions."""

from dtm_client.errors import InvalidTransaction, TransactionRefused
from dtm_client.protocol.messages import abort_request
from dtm_client.sync.message import Local, run_message
from dtm_client.sync.runner import Runner
from dtm_client.sync.tcc import Body, run_tcc
from dtm_client.transactions.abort import abort
from dtm_client.transactions.message import prepare_message, submit_message
from dtm_client.transactions.operate import hurry, stop
from dtm_client.transactions.saga import resume_saga, submit_saga
from dtm_client.transactions.status import by_probe, current_state
from dtm_client.values.gid import checked_gid
from dtm_client.values.hurried import Hurried
from dtm_client.values.message import Message
from dtm_client.values.outcome import Outcome
from dtm_client.values.saga import Saga
from dtm_client.values.status import Mode, Status, TransactionState
from dtm_client.values.tcc import Tcc


class Transactions:
    """Global transactions, run by one ``Runner``; each method guarantees what its asyncio namesake does."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    def saga(self, saga: Saga, *, wait: bool = False, deadline: float | None = None) -> Outcome:
        """Submit a saga."""
        runner = self._runner
        return runner.run(submit_saga(saga, runner.ask(saga.gid), runner.retry(deadline), wait=wait))

    def resume(self, saga: Saga, *, wait: bool = True, deadline: float | None = None) -> Outcome:
        """Bring a saga that may have been submitted before to its end, without a second runner."""
        runner = self._runner
        return runner.run(resume_saga(saga, runner.ask(saga.gid), runner.retry(deadline), wait=wait))

    def tcc(self, tcc: Tcc, body: Body, *, wait: bool = False, deadline: float | None = None) -> Outcome:
        """Prepare, let ``body`` try the branches, then confirm them all or cancel them all."""
        return run_tcc(self._runner, tcc, body, wait=wait, deadline=deadline)

    def prepare(self, message: Message, *, deadline: float | None = None) -> None:
        """Store a message without delivering it."""
        state = self._runner.run(prepare_message(message, self._runner.retry(deadline)))
        if state.status is not Status.PREPARED:
            raise TransactionRefused(f"the message {message.gid} is past Prepare: its status is {state.status}")

    def submit(self, message: Message, *, wait: bool = False, deadline: float | None = None) -> Outcome:
        """Deliver a message, prepared before or not."""
        runner, gid = self._runner, message.gid
        submission = submit_message(message, runner.ask_http(gid), by_probe(gid), runner.retry(deadline), wait=wait)
        return runner.run(submission)

    def abort(
        self, gid: str, mode: Mode, reason: str = "", *, wait: bool = False, deadline: float | None = None
    ) -> Outcome:
        """Undo a TCC transaction or a message that is not submitted."""
        checked_gid(gid)
        if mode is Mode.SAGA:
            raise InvalidTransaction("mode", "DTM aborts no saga", "let a branch refuse, or set timeout_to_fail")
        runner = self._runner
        return runner.run(abort(abort_request(gid, mode, reason), runner.ask(gid), runner.retry(deadline), wait=wait))

    def do_and_submit(
        self,
        message: Message,
        local: Local,
        *,
        not_committed: tuple[type[Exception], ...] = (),
        wait: bool = False,
        deadline: float | None = None,
    ) -> Outcome:
        """Prepare, call ``local`` (the local transaction, barrier row included), then Submit."""
        return run_message(self._runner, message, local, not_committed, wait=wait, deadline=deadline)

    def status(self, gid: str, mode: Mode = Mode.SAGA, *, deadline: float | None = None) -> TransactionState:
        """Ask where a transaction stands."""
        checked_gid(gid)
        if mode is Mode.MESSAGE and not self._runner.http:
            raise InvalidTransaction("mode", "asking for a message could abort it", "give the client an HTTP address")
        return self._runner.run(current_state(self._runner.ask(gid), self._runner.retry(deadline)))

    def retry(self, gid: str, *, deadline: float | None = None) -> Hurried:
        """Let the manager call now what it would repeat later, and say whether it will."""
        self._check_operable(gid)
        return self._runner.run(hurry(gid, self._runner.retry(deadline)))

    def stop(self, gid: str, *, deadline: float | None = None) -> TransactionState:
        """Let the manager call this transaction no more; nothing is undone."""
        self._check_operable(gid)
        return self._runner.run(stop(gid, self._runner.retry(deadline)))

    def _check_operable(self, gid: str) -> None:
        checked_gid(gid)
        if not self._runner.http:
            raise InvalidTransaction("http", "DTM takes this over HTTP alone", "give the client an HTTP address")
