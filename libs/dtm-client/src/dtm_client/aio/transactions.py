"""Every operation of the client, over whatever performs the questions."""

from dtm_client.aio.message import Local, run_message
from dtm_client.aio.runner import Runner
from dtm_client.aio.tcc import Body, run_tcc
from dtm_client.errors import InvalidTransaction, TransactionRefused
from dtm_client.protocol.messages import abort_request
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
    """Global transactions, run by one ``Runner``.

    Common to all operations: InvalidTransaction is raised before anything is sent; ServerUnavailable means that the
    effect is not known when the deadline (seconds from the call; the client's own where None) has come;
    ``wait`` asks on until the transaction is final, and else the outcome is what is true at the deadline.
    """

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    async def saga(self, saga: Saga, *, wait: bool = False, deadline: float | None = None) -> Outcome:
        """Submit a saga; without ``wait`` the outcome is Submitted as soon as the manager has stored it.

        It is sent once, and again only if the manager says that it has not got it.
        """
        runner = self._runner
        return await runner.run(submit_saga(saga, runner.ask(saga.gid), runner.retry(deadline), wait=wait))

    async def resume(self, saga: Saga, *, wait: bool = True, deadline: float | None = None) -> Outcome:
        """Bring a saga that may have been submitted before to its end, without a second runner.

        The manager is asked first, and gets the saga only if it knows nothing of the gid; when it cannot be asked,
        nothing is sent. A TCC transaction is resumed by ``tcc`` itself.
        """
        runner = self._runner
        return await runner.run(resume_saga(saga, runner.ask(saga.gid), runner.retry(deadline), wait=wait))

    async def tcc(self, tcc: Tcc, body: Body, *, wait: bool = False, deadline: float | None = None) -> Outcome:
        """Prepare, let ``body`` try the branches, then confirm them all or cancel them all.

        A "no" (BranchRefused) and a try that cannot be had (BranchUnavailable), alone or in an exception group, are no
        errors: the outcome is RollingBack or RolledBack with that reason. Any other exception cancels the branches and
        is raised again. The deadline counts for Prepare and the tries, and anew for what follows.

        With a gid that was used before, the body runs again as long as nothing is decided; afterwards the outcome is
        that of the first run.
        """
        return await run_tcc(self._runner, tcc, body, wait=wait, deadline=deadline)

    async def prepare(self, message: Message, *, deadline: float | None = None) -> None:
        """Store a message without delivering it. Safe to repeat.

        Raise TransactionRefused when the message of this gid was submitted or aborted before.
        """
        state = await self._runner.run(prepare_message(message, self._runner.retry(deadline)))
        if state.status is not Status.PREPARED:
            raise TransactionRefused(f"the message {message.gid} is past Prepare: its status is {state.status}")

    async def submit(self, message: Message, *, wait: bool = False, deadline: float | None = None) -> Outcome:
        """Deliver a message, prepared before or not; the same value as was prepared."""
        runner, gid = self._runner, message.gid
        submission = submit_message(message, runner.ask_http(gid), by_probe(gid), runner.retry(deadline), wait=wait)
        return await runner.run(submission)

    async def abort(
        self, gid: str, mode: Mode, reason: str = "", *, wait: bool = False, deadline: float | None = None
    ) -> Outcome:
        """Undo a TCC transaction or a message that is not submitted; the outcome tells when it was too late."""
        checked_gid(gid)
        if mode is Mode.SAGA:
            raise InvalidTransaction("mode", "DTM aborts no saga", "let a branch refuse, or set timeout_to_fail")
        runner = self._runner
        request = abort_request(gid, mode, reason)
        return await runner.run(abort(request, runner.ask(gid), runner.retry(deadline), wait=wait))

    async def do_and_submit(
        self,
        message: Message,
        local: Local,
        *,
        not_committed: tuple[type[Exception], ...] = (),
        wait: bool = False,
        deadline: float | None = None,
    ) -> Outcome:
        """Prepare, await ``local`` (the local transaction, barrier row included), then Submit.

        What ``local`` raises is raised again in every case. BranchRefused, and what is named in ``not_committed``, say
        that it certainly rolled back: the message is aborted. After any other exception the commit is unknown, so
        query-prepared is called as DTM would, and the message submitted, aborted or left to DTM by its answer.
        A cancelled ``local`` is left to DTM at once. The deadline counts for Prepare, and anew for what follows.

        With a gid that is past Prepare, ``local`` is not run and the outcome is that of the first run.
        """
        return await run_message(self._runner, message, local, not_committed, wait=wait, deadline=deadline)

    async def status(self, gid: str, mode: Mode = Mode.SAGA, *, deadline: float | None = None) -> TransactionState:
        """Ask where a transaction stands.

        Without an HTTP address it is asked for by an Abort that DTM refuses, which tells no reason. That would abort a
        message that is still prepared, so for messages it is an InvalidTransaction.
        """
        checked_gid(gid)
        if mode is Mode.MESSAGE and not self._runner.http:
            raise InvalidTransaction("mode", "asking for a message could abort it", "give the client an HTTP address")
        return await self._runner.run(current_state(self._runner.ask(gid), self._runner.retry(deadline)))

    async def retry(self, gid: str, *, deadline: float | None = None) -> Hurried:
        """Let the manager call now what it would repeat later, and say whether it will; needs the HTTP address.

        DTM does so on SQL stores, and the embedded coordinator; on boltdb and Redis DTM cannot, and nothing is sent.
        """
        self._check_operable(gid)
        return await self._runner.run(hurry(gid, self._runner.retry(deadline)))

    async def stop(self, gid: str, *, deadline: float | None = None) -> TransactionState:
        """Let the manager call this transaction no more, and return where it stands then; needs the HTTP address.

        **Nothing is undone**: it counts as failed, with whatever its branches have done so far, and ``status`` cannot
        tell it from one that was rolled back. What was final before stays as it was. A branch call that is under way
        goes on, and on boltdb its error makes DTM go on as if there had been no stop (1.19.0): look again later.
        """
        self._check_operable(gid)
        return await self._runner.run(stop(gid, self._runner.retry(deadline)))

    def _check_operable(self, gid: str) -> None:
        checked_gid(gid)
        if not self._runner.http:
            raise InvalidTransaction("http", "DTM takes this over HTTP alone", "give the client an HTTP address")
